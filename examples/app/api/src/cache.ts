import { createClient } from "@redis/client";
import { log, reason } from "./log.js";

/**
 * A Redis client that keeps trying in the background.
 *
 * Commands fail at once while there is no connection: a request then answers without the cache
 * instead of waiting for it.
 */
export function openCache(url: string) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 3_000, reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, 3_000) },
  });
  let told = "";
  client.on("error", (error) => {
    const told_now = reason(error);
    if (told_now.error !== told) log("warn", "cache unreachable", told_now);
    told = told_now.error;
  });
  client.on("ready", () => {
    told = "";
    log("info", "cache connected");
  });
  client.connect().catch(() => undefined); // reported by the "error" event
  return client;
}

export type Cache = ReturnType<typeof openCache>;
