import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { required, setting } from "./config.js";
import { log, reason } from "./log.js";
import { connection } from "./postgres.js";
import { relay } from "./relay.js";

/** Runs `prisma migrate <args>` against `url`, given to it by environment; resolves to its exit code. */
function prismaMigrate(args: string[], url: string): Promise<number> {
  const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
  const child = spawn(process.execPath, [cli, "migrate", ...args], {
    stdio: "inherit",
    env: { ...process.env, DATABASE_URL: url },
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

async function main(args: string[]): Promise<number> {
  const address = required("DATABASE_URL");
  const folder = mkdtempSync(path.join(tmpdir(), "migrate-"));
  const server = relay(connection(address, setting("DATABASE_CA")));
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(path.join(folder, ".s.PGSQL.5432"), resolve);
    });
    const { username, pathname, hostname } = new URL(address);
    log("info", "prisma migrate", { args, database: pathname.slice(1), host: hostname });
    const local = `postgresql://${username}@localhost${pathname}?host=${encodeURIComponent(folder)}`;
    return await prismaMigrate(args, local);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    log("error", "migration not started", reason(error));
    process.exit(1);
  },
);
