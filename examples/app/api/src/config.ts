import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const PLACEHOLDER = /^\s*$/;

/**
 * A setting by name: the file that NAME_FILE points at, then the mounted secret, then the variable.
 *
 * Files win because a variable stands in the container's configuration, where anybody who may
 * inspect the container reads it.
 */
export function setting(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const pointed = env[`${name}_FILE`];
  if (pointed) return readFileSync(pointed, "utf8").trimEnd();
  const mounted = path.join(env.SECRETS_DIR ?? "/run/secrets", name);
  if (existsSync(mounted)) return readFileSync(mounted, "utf8").trimEnd();
  const value = env[name];
  return value === undefined || PLACEHOLDER.test(value) ? undefined : value;
}

/** Like `setting`, but its absence stops the start with a message that says what to do. */
export function required(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = setting(name, env);
  if (value) return value;
  const places = `${name}_FILE, ${env.SECRETS_DIR ?? "/run/secrets"}/${name} or ${name}`;
  throw new Error(`${name} is not set: give it by ${places}`);
}

export interface Config {
  port: number;
  environment: string;
  release: string;
  digest: string | null;
  databaseUrl: string;
  /** Authorities (PEM) that sign for the database, where they are not the usual ones. */
  databaseCa: string | undefined;
  cacheUrl: string;
  /** How long requests in flight may take after SIGTERM, in milliseconds. */
  drainMs: number;
}

export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    port: Number(setting("PORT", env) ?? 3000),
    environment: setting("APP_ENVIRONMENT", env) ?? "local",
    release: setting("APP_RELEASE", env) ?? "unreleased",
    digest: setting("APP_DIGEST", env) ?? null,
    databaseUrl: required("DATABASE_URL", env),
    databaseCa: setting("DATABASE_CA", env),
    cacheUrl: required("REDIS_URL", env),
    drainMs: Number(setting("DRAIN_SECONDS", env) ?? 25) * 1000,
  };
}
