export const dynamic = "force-dynamic";

/** Liveness alone: a page without its api is still better than no page. */
export function GET(): Response {
  return Response.json({ status: "ok" });
}
