import { defineConfig } from "prisma/config";

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  // Commands that touch no database, such as `prisma generate`, run without an address.
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://unset.invalid/unset" },
});
