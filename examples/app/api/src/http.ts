import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BadRequest } from "./body.js";
import { log, reason } from "./log.js";
import { type Answer, type Parts, routes } from "./routes.js";

async function answer(request: IncomingMessage, path: string, query: string, parts: Parts): Promise<Answer> {
  const methods = routes[path];
  if (!methods) return { status: 404, body: { error: `nothing at ${path}` } };
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  const handler = methods[method];
  if (!handler) return { status: 405, body: { error: `${path} takes ${Object.keys(methods).join(", ")}` } };
  try {
    return await handler(parts, { request, query: new URLSearchParams(query) });
  } catch (error) {
    if (error instanceof BadRequest) return { status: error.status, body: { error: error.message } };
    log("error", "request failed", { path, ...reason(error) });
    return { status: 503, body: { error: "a dependency does not answer: see GET /ready" } };
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, body }: Answer, last: boolean): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    // A balancer that keeps connections open would otherwise send its next request into a closing one.
    ...(last ? { connection: "close" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : text);
}

export function createApi(parts: Parts): Server {
  return createServer(async (request, response) => {
    const begun = process.hrtime.bigint();
    // The query stays out of the log: clients put tokens there.
    const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
    response.on("close", () => {
      const ms = Number((process.hrtime.bigint() - begun) / 10_000n) / 100;
      const trace = request.headers["x-amzn-trace-id"];
      log("info", "request", { method: request.method, path, status: response.statusCode, ms, ...(trace ? { trace } : {}) });
    });
    send(request, response, await answer(request, path, query, parts), parts.draining);
  });
}
