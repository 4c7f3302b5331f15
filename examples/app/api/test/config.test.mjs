import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { loadConfig, required, setting } from "../dist/config.js";
import { reason } from "../dist/log.js";
import { connection } from "../dist/postgres.js";

function folder(files) {
  const made = mkdtempSync(path.join(tmpdir(), "api-test-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(made, name), text);
  return made;
}

test("a file that is pointed at wins, then the mounted secret, then the variable", () => {
  const SECRETS_DIR = folder({ TOKEN: "mounted\n", pointed: "pointed\n" });
  const env = { SECRETS_DIR, TOKEN: "variable", OTHER: "variable" };
  assert.equal(setting("TOKEN", { ...env, TOKEN_FILE: path.join(SECRETS_DIR, "pointed") }), "pointed");
  assert.equal(setting("TOKEN", env), "mounted");
  assert.equal(setting("OTHER", env), "variable");
  assert.equal(setting("ABSENT", env), undefined);
});

test("what is required and missing is named, with the places to put it", () => {
  assert.throws(() => required("DATABASE_URL", { SECRETS_DIR: folder({}) }), /DATABASE_URL_FILE, .*\/DATABASE_URL/);
});

test("an environment without settings gets the defaults", () => {
  const SECRETS_DIR = folder({ DATABASE_URL: "postgresql://a@b/c", REDIS_URL: "redis://d" });
  const config = loadConfig({ SECRETS_DIR });
  assert.equal(config.port, 3000);
  assert.equal(config.release, "unreleased");
  assert.equal(config.digest, null);
});

test("every sslmode but disable verifies the server", () => {
  assert.equal(connection("postgresql://a@b/c").ssl, false);
  assert.equal(connection("postgresql://a@b/c?sslmode=disable").ssl, false);
  for (const mode of ["require", "verify-ca", "verify-full"]) {
    const options = connection(`postgresql://a@b/c?sslmode=${mode}`);
    assert.equal(options.ssl.rejectUnauthorized, true);
    assert.equal(options.connectionString, "postgresql://a@b/c");
  }
});

test("an address in an error is not told", () => {
  const told = reason(new Error("cannot reach postgresql://user:canary@db.test:5432/app now"));
  assert.equal(told.error, "Error: cannot reach <address> now");
});
