#!/usr/bin/env node
// Stand-in for Prisma's native `schema-engine`, which is fetched from a server of Prisma's that a
// laboratory without internet does not reach. It speaks the same JSON-RPC on stdio and runs the
// same engine, of the same commit, that npm carries as WebAssembly. PRISMA_SCHEMA_ENGINE_BINARY
// points here in the lab's base images, so that the application's Dockerfile stays as it is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";

const NAME_TYPE = 19;
const TEXT_TYPE = 25;

const args = process.argv.slice(2);

function option(...names) {
  const at = args.findIndex((word) => names.includes(word));
  return at < 0 ? undefined : args[at + 1];
}

async function loadEngine() {
  const glue = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bindings = await import(glue);
  const wasm = readFileSync(glue.replace(/\.js$/, ".wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings;
}

// The adapter has no decoder for PostgreSQL's `name` type, in which the catalogue that the engine
// reads is written (prisma/orm#27403); on the wire it is text.
function readNamesAsText(adapter) {
  const run = adapter.performIO.bind(adapter);
  adapter.performIO = async (query) => {
    const result = await run(query);
    for (const field of result.fields ?? []) {
      if (field.dataTypeID === NAME_TYPE) field.dataTypeID = TEXT_TYPE;
    }
    return result;
  };
  return adapter;
}

class Adapters extends PrismaPg {
  async connect() {
    return readNamesAsText(await super.connect());
  }

  async connectToShadowDb() {
    return readNamesAsText(await super.connectToShadowDb());
  }
}

function adapters() {
  const source = option("--datasource");
  return new Adapters({ connectionString: source ? JSON.parse(source).url : process.env.DATABASE_URL });
}

// `schema-engine cli can-connect-to-database`, asked before the first migration.
async function canConnect() {
  try {
    const adapter = await adapters().connect();
    await adapter.executeScript("SELECT 1");
    await adapter.dispose();
    return 0;
  } catch (error) {
    const tell = (level, fields) => console.error(JSON.stringify({ level, target: "schema_engine::logger", fields }));
    tell("INFO", { message: "cannot connect" }); // whoever called drops the first line
    tell("ERROR", { message: String(error.message), is_panic: false, error_code: "P1001" });
    return 1;
  }
}

// The native engine tells a failed migration by code and name; here the adapter's error has neither.
function failedMigration(message) {
  const name = message.match(/migration_name="([^"]+)"/)?.[1];
  if (!name) return undefined;
  const reason = message.split("\n   0:", 1)[0].trim();
  return (
    "A migration failed to apply. New migrations cannot be applied before the error is recovered from. " +
    "Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve" +
    `\n\nMigration name: ${name}\n\nDatabase error:\n${reason}\n`
  );
}

function failure(error) {
  const message = String(error.message ?? error);
  const data = { is_panic: false, message };
  const told = failedMigration(message);
  if (told) Object.assign(data, { error_code: "P3018", message: told, meta: {} });
  else if (error.code) Object.assign(data, { error_code: error.code, meta: error.meta });
  return { code: 4466, message: "An error happened. Check the data field for details.", data };
}

async function serve(bindings) {
  const models = option("-d", "--datamodels");
  const datamodels = models?.split(",").map((file) => [file, readFileSync(file, "utf8")]);
  const ignoreLog = () => {};
  const engine = await bindings.SchemaEngine.new(
    { datamodels },
    ignoreLog,
    bindMigrationAwareSqlAdapterFactory(adapters()),
  );
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue;
    const { id, method, params } = JSON.parse(line);
    const answer = { jsonrpc: "2.0", id };
    try {
      // The one method that has another name in the WebAssembly build.
      answer.result = (await engine[method === "getDatabaseVersion" ? "version" : method](params)) ?? null;
    } catch (error) {
      answer.error = failure(error);
    }
    console.log(JSON.stringify(answer));
  }
  return 0;
}

const bindings = await loadEngine();
if (args.includes("--version")) {
  console.log(`schema-engine-cli ${bindings.version()}`);
  process.exit(0);
}
process.exit(args.includes("cli") ? await canConnect() : await serve(bindings));
