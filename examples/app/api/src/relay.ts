import { createServer, type Server, type Socket } from "node:net";
import pg from "pg";
import { log, reason } from "./log.js";

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;

/** A message of PostgreSQL's protocol: a type byte, a length that counts itself, the body. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function int32(...values: number[]): Buffer {
  const body = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => body.writeInt32BE(value, 4 * at));
  return body;
}

const strings = (...values: string[]) => Buffer.from(values.map((value) => `${value}\0`).join(""));

function refusal(error: unknown): Buffer {
  const { message: text, code } = error as { message?: string; code?: string };
  // A driver's own codes (ECONNREFUSED) are no SQLSTATE: 08001 is "unable to connect".
  const state = code && /^[0-9A-Z]{5}$/.test(code) ? code : "08001";
  return message("E", strings("SFATAL", "VFATAL", `C${state}`, `M${text || code || "no connection"}`, ""));
}

/** Answers the client's opening packets; true once it asked for a session. */
function opened(local: Socket, packet: Buffer): boolean {
  const code = packet.length >= 8 ? packet.readInt32BE(4) : CANCEL_REQUEST;
  if (code === SSL_REQUEST || code === GSS_REQUEST) local.write("N");
  else if (code === CANCEL_REQUEST) local.end();
  else return true;
  return false;
}

async function join(local: Socket, options: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(options);
  const wire = (client as unknown as { connection: pg.Connection }).connection;
  const parameters: Buffer[] = [];
  wire.on("parameterStatus", ({ parameterName, parameterValue }) => {
    parameters.push(message("S", strings(parameterName, parameterValue)));
  });
  client.on("error", () => local.destroy());
  try {
    await client.connect();
  } catch (error) {
    log("error", "no connection to the database", reason(error)); // engines tell little of it
    local.end(refusal(error));
    return;
  }
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const remote = wire.stream;
  remote.removeAllListeners("data"); // from here on the bytes are for the local client
  local.write(
    Buffer.concat([
      message("R", int32(0)),
      ...parameters,
      message("K", int32(processID, secretKey)),
      message("Z", Buffer.from("I")),
    ]),
  );
  remote.pipe(local);
  local.pipe(remote);
  local.on("error", () => remote.destroy());
}

/**
 * A server on a Unix socket that logs in to `options` for whoever connects to it.
 *
 * Prisma hands its engine the whole address as an argument, where every user of the machine reads
 * it. Behind this relay that address has neither password nor host, and the connection over the
 * network is verified exactly as the application's own.
 */
export function relay(options: pg.ClientConfig): Server {
  return createServer((local) => {
    const negotiate = (packet: Buffer) => {
      if (!opened(local, packet)) return;
      local.off("data", negotiate);
      local.pause();
      join(local, options).then(() => local.resume());
    };
    local.on("data", negotiate);
  });
}
