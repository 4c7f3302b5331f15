import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** The server as it runs in its container, but that nobody answers for database and cache. */
async function start(settings = {}) {
  const [port, nobody] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "../dist/server.js")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      SECRETS_DIR: "/nonexistent",
      PORT: String(port),
      DATABASE_URL: `postgresql://app:local@127.0.0.1:${nobody}/app?sslmode=disable`,
      REDIS_URL: `redis://127.0.0.1:${nobody}`,
      ...settings,
    },
  });
  const lines = createInterface({ input: child.stdout });
  const said = (message) =>
    new Promise((resolve) => lines.on("line", (line) => JSON.parse(line).message === message && resolve()));
  await said("listening");
  return { child, port, said, exited: once(child, "exit") };
}

/** Sends a request's head over a connection of its own; resolves once the server has it. */
async function ask(port, target, options = {}) {
  const headers = { ...options.headers, expect: "100-continue" };
  const sent = request({ port, host: "127.0.0.1", agent: false, path: target, ...options, headers });
  const answered = once(sent, "response");
  answered.catch(() => undefined); // reported to whoever awaits it
  sent.flushHeaders();
  await once(sent, "continue");
  return { sent, answered };
}

async function text(response) {
  let body = "";
  for await (const chunk of response) body += chunk;
  return body;
}

test("SIGTERM lets a slow request and an upload come to their end", async () => {
  const { child, port, said, exited } = await start();
  const slow = await ask(port, "/api/slow?seconds=1");
  slow.sent.end();
  const upload = await ask(port, "/api/upload", { method: "POST", headers: { "content-length": 8 } });
  upload.sent.write("half");
  const stopping = said("stopping");
  child.kill("SIGTERM");
  await stopping;
  await assert.rejects(fetch(`http://127.0.0.1:${port}/health`), ({ cause }) => cause.code === "ECONNREFUSED");
  upload.sent.end("full");
  for (const [{ answered }, expected] of [[slow, /"seconds":1/], [upload, /"size":8/]]) {
    const [response] = await answered;
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers.connection, "close");
    assert.match(await text(response), expected);
  }
  assert.deepEqual(await exited, [0, null]);
});

test("a request that lasts too long does not keep the process", async () => {
  const { child, port, exited } = await start({ DRAIN_SECONDS: "0.2" });
  const slow = await ask(port, "/api/slow?seconds=10");
  slow.sent.end();
  child.kill("SIGTERM");
  assert.deepEqual(await exited, [1, null]);
  await assert.rejects(slow.answered, { code: "ECONNRESET" });
});
