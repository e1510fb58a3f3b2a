// Preloaded into the process of a function. The builder's server tells a function neither the headers of its request by
// the request context nor its deadline, and does not tell it that the client has gone. Production does; this does the
// same, outside the edge runtime. A request's header `x-deadline-in-ms` says how much time it has, in milliseconds.
import { AsyncLocalStorage } from "node:async_hooks";
import { Server } from "node:http";

const DURATION_MS = 300_000;
const contexts = new AsyncLocalStorage();
const emit = Server.prototype.emit;

Server.prototype.emit = function (event, ...values) {
  if (event !== "request") return emit.call(this, event, ...values);
  const [{ headers }, response] = values;
  // The server in front of the function pipes the function's answer.
  response.once("pipe", (answer) => response.once("close", () => answer.destroy()));
  const deadline = Date.now() + Number(headers["x-deadline-in-ms"] ?? DURATION_MS);
  return contexts.run({ headers, deadline }, () => emit.call(this, event, ...values));
};

const key = Symbol.for("@vercel/request-context");
const { defineProperty } = Object;

Object.defineProperty = (target, name, descriptor) => {
  if (target !== globalThis || name !== key) return defineProperty(target, name, descriptor);
  Object.defineProperty = defineProperty;
  const { get } = descriptor.value;
  const value = { get: () => ({ ...get(), ...contexts.getStore() }) };
  return defineProperty(target, name, { ...descriptor, value });
};
