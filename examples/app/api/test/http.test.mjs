import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { createApi } from "../dist/http.js";

const parts = {
  config: { environment: "test", release: "r1", digest: "sha256:1" },
  database: {
    $queryRaw: async () => 1,
    item: {
      findMany: async () => [{ id: 1, name: "one" }],
      count: async () => 1,
      create: async ({ data }) => ({ id: 2, ...data }),
    },
  },
  cache: { ping: async () => "PONG", incr: async () => 7 },
  draining: false,
};
const server = createApi(parts);
let base;

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

async function get(path) {
  const response = await fetch(base + path);
  return [response.status, await response.json(), response];
}

function post(body) {
  return fetch(`${base}/api/items`, { method: "POST", body });
}

test("health asks nobody", async () => {
  const { database, cache } = parts;
  parts.database = parts.cache = null;
  assert.deepEqual((await get("/health")).slice(0, 2), [200, { status: "ok" }]);
  Object.assign(parts, { database, cache });
});

test("ready tells which dependency is missing", async () => {
  assert.equal((await get("/ready"))[0], 200);
  parts.cache.ping = async () => { throw new Error("down"); };
  const [status, body] = await get("/ready");
  parts.cache.ping = async () => "PONG";
  assert.equal(status, 503);
  assert.equal(body.database, "ok");
  assert.equal(body.cache, "unreachable");
});

test("ready fails and connections close while the process drains", async () => {
  parts.draining = true;
  const [status, , response] = await get("/ready");
  parts.draining = false;
  assert.equal(status, 503);
  assert.equal(response.headers.get("connection"), "close");
});

test("the list comes without its counter when the cache is down", async () => {
  assert.deepEqual((await get("/api/items"))[1], { items: [{ id: 1, name: "one" }], total: 1, hits: 7 });
  parts.cache.incr = async () => { throw new Error("down"); };
  assert.equal((await get("/api/items"))[1].hits, null);
  parts.cache.incr = async () => 8;
});

test("an item is added with the release that wrote it", async () => {
  const response = await post('{"name": " two "}');
  assert.equal(response.status, 201);
  assert.deepEqual(await response.json(), { id: 2, name: "two", release: "r1" });
});

test("what is no item is refused", async () => {
  assert.equal((await post("")).status, 400);
  assert.equal((await post("{")).status, 400);
  assert.equal((await post(JSON.stringify({ name: "x".repeat(81) }))).status, 400);
  assert.equal((await post("x".repeat(20_000))).status, 413);
  assert.equal((await fetch(`${base}/api/items`, { method: "DELETE" })).status, 405);
  assert.equal((await fetch(`${base}/nowhere`)).status, 404);
});

test("a slow answer takes the time that was asked for", async () => {
  const begun = performance.now();
  assert.deepEqual((await get("/api/slow?seconds=0.2")).slice(0, 2), [200, { seconds: 0.2 }]);
  assert.ok(performance.now() - begun >= 199);
  for (const given of ["", "?seconds=", "?seconds=11", "?seconds=-1", "?seconds=soon"]) {
    assert.equal((await get(`/api/slow${given}`))[0], 400, given);
  }
});

test("an upload is answered with its size and digest", async () => {
  const body = Buffer.alloc(10 * 1024 * 1024, "groundwork");
  const send = (bytes) => fetch(`${base}/api/upload`, { method: "POST", body: bytes });
  const sha256 = createHash("sha256").update(body).digest("hex");
  const response = await send(body);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { size: body.length, sha256 });
  assert.equal((await (await send("")).json()).size, 0);
  const refused = await send(Buffer.concat([body, Buffer.from("x")]));
  assert.equal(refused.status, 413);
  assert.match((await refused.json()).error, /larger than 10485760 bytes/);
});

test("a failing database is a 503 that tells no detail", async () => {
  const { count } = parts.database.item;
  parts.database.item.count = async () => { throw new Error("canary"); };
  const response = await fetch(`${base}/api/items`);
  parts.database.item.count = count;
  assert.equal(response.status, 503);
  assert.doesNotMatch(await response.text(), /canary/);
});

test("a request in flight is answered although the server stops listening", async () => {
  const other = createApi(parts);
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address();
  const slow = request({ port, host: "127.0.0.1", path: "/api/items", method: "POST" });
  slow.write('{"name":');
  await once(other, "request");
  const closed = once(other, "close");
  other.close();
  slow.end('"three"}');
  const [response] = await once(slow, "response");
  assert.equal(response.statusCode, 201);
  response.resume();
  slow.destroy();
  await closed;
});
