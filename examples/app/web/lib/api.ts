/** What the api answers; see examples/app/api/src/routes.ts. */
export interface Release {
  environment: string;
  release: string;
  digest: string | null;
  hostname: string;
  started: string;
}

export interface Item {
  id: number;
  name: string;
  createdAt: string;
  release: string | null;
}

export interface Items {
  items: Item[];
  total: number;
  hits: number | null;
}

const TIMEOUT_MS = 5_000;

function request(path: string, init: RequestInit = {}): Promise<Response> {
  const base = process.env.API_URL ?? "http://127.0.0.1:3000";
  return fetch(new URL(path, base), { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
}

/** The JSON at `path`, or null where the api does not answer: the page then says so. */
export async function read<T>(path: string): Promise<T | null> {
  try {
    const response = await request(path);
    return response.ok ? ((await response.json()) as T) : null;
  } catch {
    return null;
  }
}

/** Adds an item; resolves to the message for the reader when the api refused it. */
export async function addItem(name: string): Promise<string | null> {
  try {
    const response = await request("/api/items", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
    if (response.ok) return null;
    const body = (await response.json()) as { error?: string };
    return body.error ?? `the api answered ${response.status}`;
  } catch {
    return "the api does not answer";
  }
}
