import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import pg from "pg";
import { relay } from "../dist/relay.js";

async function throughRelay(upstream, use) {
  const host = mkdtempSync(path.join(tmpdir(), "relay-test-"));
  const server = relay({ host: "127.0.0.1", user: "app", password: "canary", database: "app", ...upstream });
  server.listen(path.join(host, ".s.PGSQL.5432"));
  await once(server, "listening");
  const client = new pg.Client({ host, port: 5432, user: "anybody", database: "app" });
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
    server.close();
  }
}

function message(type, body) {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** The least of a PostgreSQL server: asks for a password, then answers every query with one tag. */
async function fakePostgres() {
  const seen = [];
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(message("R", Buffer.from([0, 0, 0, 3])));
      socket.once("data", (packet) => {
        seen.push(packet.toString("latin1", 5, packet.length - 1));
        socket.write(
          Buffer.concat([
            message("R", Buffer.alloc(4)),
            message("S", Buffer.from("server_version\x0015.18\0")),
            message("K", Buffer.alloc(8)),
            message("Z", Buffer.from("I")),
          ]),
        );
        socket.on("data", (query) => {
          if (query[0] !== 0x51) return;
          seen.push(query.toString("latin1", 5, query.length - 1));
          socket.write(Buffer.concat([message("C", Buffer.from("DO\0")), message("Z", Buffer.from("I"))]));
        });
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, seen, port: server.address().port };
}

test("who connects without a password is logged in with the relay's", async () => {
  const { server, seen, port } = await fakePostgres();
  const tag = await throughRelay({ port }, async (client) => {
    await client.connect();
    return (await client.query("DO something")).command;
  });
  server.close();
  assert.equal(tag, "DO");
  assert.deepEqual(seen, ["canary", "DO something"]);
});

test("a database out of reach is an error of the protocol, not a hang", async () => {
  const { server, port } = await fakePostgres();
  server.close();
  await once(server, "close");
  await throughRelay({ port }, async (client) => {
    await assert.rejects(client.connect(), (error) => error.code === "08001" && /ECONNREFUSED/.test(error.message));
  });
});
