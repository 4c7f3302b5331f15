import { openCache } from "./cache.js";
import { loadConfig } from "./config.js";
import { openDatabase } from "./database.js";
import { createApi } from "./http.js";
import { log, reason } from "./log.js";
import type { Parts } from "./routes.js";

function start(): void {
  const config = loadConfig();
  const parts: Parts = {
    config,
    database: openDatabase(config.databaseUrl, config.databaseCa),
    cache: openCache(config.cacheUrl),
    draining: false,
  };
  const server = createApi(parts);
  // Longer than the balancer's 60 s, so that it is never this side that closes an idle connection.
  server.keepAliveTimeout = 65_000;
  server.listen(config.port, () => {
    log("info", "listening", { port: config.port, release: config.release, environment: config.environment });
  });

  const stop = (signal: NodeJS.Signals) => {
    if (parts.draining) return;
    parts.draining = true;
    log("info", "stopping", { signal });
    const late = setTimeout(() => {
      log("error", "requests still open, leaving", { seconds: config.drainMs / 1000 });
      process.exit(1);
    }, config.drainMs);
    server.close(async () => {
      clearTimeout(late);
      await Promise.allSettled([parts.database.$disconnect(), parts.cache.isReady ? parts.cache.close() : parts.cache.destroy()]);
      log("info", "stopped");
      process.exit(0);
    });
    server.closeIdleConnections();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

try {
  start();
} catch (error) {
  log("error", "cannot start", reason(error));
  process.exit(1);
}
