// Preloaded into the process of a function. The builder's server tells a function neither the headers of its request by
// the request context nor its deadline, and does not tell it that the client has gone. Production does; this does the
// same, outside the edge runtime. A request's header `x-deadline-in-ms` says how much time it has, in milliseconds.
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

const DURATION_MS = 300_000;
const contexts = new AsyncLocalStorage();

// Before any listener of the server, and before whatever wraps them.
subscribe("http.server.request.start", ({ request: { headers }, response }) => {
  // The server in front of the function pipes the function's answer.
  response.once("pipe", (answer) => response.once("close", () => answer.destroy()));
  const deadline = Date.now() + Number(headers["x-deadline-in-ms"] ?? DURATION_MS);
  contexts.enterWith({ headers, deadline });
});

const key = Symbol.for("@vercel/request-context");
const { defineProperty } = Object;

Object.defineProperty = (target, name, descriptor) => {
  if (target !== globalThis || name !== key) return defineProperty(target, name, descriptor);
  Object.defineProperty = defineProperty;
  const { get } = descriptor.value;
  const value = { get: () => ({ ...get(), ...contexts.getStore() }) };
  return defineProperty(target, name, { ...descriptor, value });
};
