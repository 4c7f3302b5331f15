// Answers as api (3000) and as web (3001), without a database or a HEALTHCHECK of its own.
//   LISTENS_AFTER  seconds until it listens
//   ILL_AFTER      seconds after which its health is bad, where that is not "never"
//   ENDS_AFTER     seconds after which it ends, where that is not "never"
//   OUTSIDE        "fails": what comes through a load balancer is answered with 500, the host's own checks are not
//   ON_TERM        "ends" when its requests have ended, "cuts" them at once, or "stays" whatever it is told
import { createServer } from "node:http";

const { APP_RELEASE, LISTENS_AFTER, ILL_AFTER, ENDS_AFTER, OUTSIDE, ON_TERM } = process.env;
const begun = Date.now();
const past = (seconds) => seconds !== "never" && Date.now() - begun >= Number(seconds) * 1000;

function answer(request, response) {
  const { pathname } = new URL(request.url, "http://misfit");
  const health = pathname.startsWith("/health");
  const outside = "x-forwarded-for" in request.headers;
  const bad = (health && past(ILL_AFTER)) || (outside && OUTSIDE === "fails");
  const send = () => {
    response.writeHead(bad ? 500 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ release: APP_RELEASE }));
  };
  setTimeout(send, pathname === "/api/slow" ? 5000 : 0);
}

const servers = [3000, 3001].map((port) => {
  const server = createServer(answer);
  server.keepAliveTimeout = 65000;
  setTimeout(() => server.listen(port), Number(LISTENS_AFTER) * 1000);
  return server;
});

if (ENDS_AFTER !== "never") {
  setTimeout(() => {
    console.error(`release ${APP_RELEASE} ends, as it was asked to`);
    process.exit(3);
  }, Number(ENDS_AFTER) * 1000);
}

process.on("SIGTERM", () => {
  if (ON_TERM === "cuts") process.exit(0);
  if (ON_TERM === "stays") return;
  let open = servers.length;
  for (const server of servers) {
    server.close(() => --open || process.exit(0));
    server.closeIdleConnections();
  }
});
