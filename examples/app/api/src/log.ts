type Level = "debug" | "info" | "warn" | "error";

/** One JSON object a line on stdout, as CloudWatch Logs Insights reads it. */
export function log(level: Level, message: string, fields: Record<string, unknown> = {}): void {
  const line = { time: new Date().toISOString(), level, message, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/**
 * What may be told of an error: its name, its code and its first line without addresses.
 *
 * Drivers put the whole connection string, password included, into some of their messages.
 */
export function reason(error: unknown): { error: string; code?: string } {
  if (!(error instanceof Error)) return { error: "unknown" };
  const text = error.message.trim().split("\n").at(-1) ?? "";
  const told = `${error.name}: ${text.replace(/\b[a-z]+:\/\/\S+/gi, "<address>")}`;
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? { error: told, code } : { error: told };
}
