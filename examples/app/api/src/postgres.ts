import type { PoolConfig } from "pg";

/**
 * Connection options of a PostgreSQL URL.
 *
 * `sslmode` is taken out of the URL and turned into options: a mode left in it makes the driver
 * drop the CA that was given beside it. Every mode but `disable` verifies the server's name and
 * chain, since an encrypted connection to an unknown peer protects nothing.
 */
export function connection(address: string, ca?: string): PoolConfig {
  const url = new URL(address);
  const mode = url.searchParams.get("sslmode") ?? "disable";
  url.searchParams.delete("sslmode");
  return {
    connectionString: url.toString(),
    ssl: mode === "disable" ? false : { rejectUnauthorized: true, ...(ca ? { ca } : {}) },
    connectionTimeoutMillis: 3_000,
  };
}
