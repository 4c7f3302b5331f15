import type { IncomingMessage } from "node:http";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { BadRequest, readDigest, readJson } from "./body.js";
import type { Cache } from "./cache.js";
import type { Config } from "./config.js";
import type { PrismaClient } from "./generated/client.js";
import { log, reason } from "./log.js";

export interface Parts {
  config: Config;
  database: PrismaClient;
  cache: Cache;
  /** Set once the process was told to stop: the balancer then looks for another target. */
  draining: boolean;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** What a client asks: its query, and its body where the handler reads it. */
export interface Asked {
  request: IncomingMessage;
  query: URLSearchParams;
}

type Handler = (parts: Parts, asked: Asked) => Promise<Answer>;

const NAME_LIMIT = 80;
const LIST_LIMIT = 50;
const SLOW_LIMIT = 10;
const PROBE_MS = 2_000;
const started = new Date().toISOString();

/** Rejects when `work` lasts longer than a balancer waits for a health check. */
async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PROBE_MS} ms`)), PROBE_MS);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

async function probe(name: string, work: Promise<unknown>): Promise<boolean> {
  try {
    await within(work);
    return true;
  } catch (error) {
    log("warn", `${name} not ready`, reason(error));
    return false;
  }
}

const health: Handler = async () => ({ status: 200, body: { status: "ok" } });

const ready: Handler = async ({ database, cache, draining }) => {
  const [databaseUp, cacheUp] = await Promise.all([
    probe("database", database.$queryRaw`SELECT 1`),
    probe("cache", cache.ping()),
  ]);
  const word = (up: boolean) => (up ? "ok" : "unreachable");
  const good = databaseUp && cacheUp && !draining;
  const body = { status: good ? "ok" : "unavailable", draining, database: word(databaseUp), cache: word(cacheUp) };
  return { status: good ? 200 : 503, body };
};

const release: Handler = async ({ config }) => ({
  status: 200,
  body: {
    environment: config.environment,
    release: config.release,
    digest: config.digest,
    hostname: hostname(),
    started,
  },
});

const listItems: Handler = async ({ database, cache }) => {
  const [items, total, hits] = await Promise.all([
    database.item.findMany({ orderBy: { id: "desc" }, take: LIST_LIMIT }),
    database.item.count(),
    cache.incr("items:hits").catch((error: unknown) => {
      log("warn", "hit not counted", reason(error));
      return null; // the list is worth more than its counter
    }),
  ]);
  return { status: 200, body: { items, total, hits } };
};

const addItem: Handler = async ({ config, database }, { request }) => {
  const given = ((await readJson(request)) as { name?: unknown } | null)?.name;
  const name = typeof given === "string" ? given.trim() : "";
  if (!name || name.length > NAME_LIMIT) {
    throw new BadRequest(400, `name: 1 to ${NAME_LIMIT} characters, as JSON {"name": "..."}`);
  }
  const item = await database.item.create({ data: { name, release: config.release } });
  log("info", "item added", { id: item.id });
  return { status: 201, body: item };
};

/** Stands for a report or an export: what a deploy must not cut off. */
const slow: Handler = async (_, { query }) => {
  const given = query.get("seconds");
  const seconds = given ? Number(given) : Number.NaN;
  if (!(seconds >= 0 && seconds <= SLOW_LIMIT)) throw new BadRequest(400, `seconds: 0 to ${SLOW_LIMIT}`);
  await pause(seconds * 1000);
  return { status: 200, body: { seconds } };
};

const upload: Handler = async (_, { request }) => ({ status: 200, body: await readDigest(request) });

export const routes: Record<string, Record<string, Handler>> = {
  "/health": { GET: health },
  "/ready": { GET: ready },
  "/api/release": { GET: release },
  "/api/items": { GET: listItems, POST: addItem },
  "/api/slow": { GET: slow },
  "/api/upload": { POST: upload },
};
