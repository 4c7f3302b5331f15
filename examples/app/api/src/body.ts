import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

const JSON_LIMIT = 16 * 1024;
const UPLOAD_LIMIT = 10 * 1024 * 1024;

/** A request that its sender has to change. */
export class BadRequest extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/**
 * Hands each chunk of a body to `take`; resolves to the number of bytes.
 *
 * What is too large is read to its end without being kept: an answer in the middle of an upload
 * closes the connection under the sender, who then sees a broken one instead of the answer.
 */
async function read(request: IncomingMessage, limit: number, take: (chunk: Buffer) => void): Promise<number> {
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) take(chunk);
  }
  if (size > limit) throw new BadRequest(413, `body larger than ${limit} bytes`);
  return size;
}

/** The JSON of a body, null where it is empty. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  if ((await read(request, JSON_LIMIT, (chunk) => chunks.push(chunk))) === 0) return null;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new BadRequest(400, "body is not JSON");
  }
}

/** Size and SHA-256 of a body, of which nothing is kept. */
export async function readDigest(request: IncomingMessage): Promise<{ size: number; sha256: string }> {
  const hash = createHash("sha256");
  const size = await read(request, UPLOAD_LIMIT, (chunk) => hash.update(chunk));
  return { size, sha256: hash.digest("hex") };
}
