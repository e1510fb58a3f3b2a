// Serves the functions of the current folder by the handler that Vercel deploys for them, and gives each request a
// context of its own, as production does. These headers of a request change its context:
//   x-test-context: none | throws | no-wait
//   x-test-deadline-in-ms: a number; the context then has a deadline, in the form that production gives it
import { AsyncLocalStorage } from "node:async_hooks";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const handle = require(
  join(dirname(require.resolve("@vercel/node/package.json")), "dist/bundling-handler.js"),
);
const contexts = new AsyncLocalStorage();
const pending = new Set();

const waitUntil = (promise) => {
  const held = Promise.resolve(promise).catch(console.error);
  pending.add(held);
  void held.then(() => pending.delete(held));
};

// A server that the function starts itself gets its requests outside of any context.
const outside = { waitUntil, headers: {} };
Object.defineProperty(globalThis, Symbol.for("@vercel/request-context"), {
  configurable: true,
  value: {
    get() {
      const context = contexts.getStore() ?? outside;
      if (context === "throws") throw new Error("no context");
      return context === "none" ? undefined : context;
    },
  },
});

function contextOf({ headers }) {
  const wanted = headers["x-test-context"];
  if (wanted === "none" || wanted === "throws") return wanted;
  const inMs = headers["x-test-deadline-in-ms"];
  return {
    headers,
    ...(wanted !== "no-wait" && { waitUntil }),
    ...(inMs && { deadline: new Date(Date.now() + Number(inMs)).toISOString() }),
  };
}

const server = createServer((request, response) => {
  const fail = (error) => {
    console.error(error);
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end("FUNCTION_INVOCATION_FAILED");
  };
  void contexts.run(contextOf(request), async () => {
    try {
      await handle(request, response);
    } catch (error) {
      fail(error);
    }
  });
}).listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));

async function shutDown() {
  const closed = new Promise((resolve) => void server.close(resolve));
  server.closeIdleConnections();
  await closed;
  while (pending.size > 0) await Promise.all(pending);
  process.exit(0);
}
process.on("SIGTERM", () => void shutDown());
process.on("message", (message) => message === "shutdown" && void shutDown());
