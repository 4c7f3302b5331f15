import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client.js";
import { connection } from "./postgres.js";

export function openDatabase(address: string, ca?: string): PrismaClient {
  const pool = { ...connection(address, ca), max: 10, idleTimeoutMillis: 30_000 };
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}
