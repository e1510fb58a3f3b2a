// Preloaded into the process of a function. In the builder's server an error of a handler ends the
// process, because `vercel dev` starts a process for each request. Production answers 500 and keeps
// the process; this does the same.
import { AsyncLocalStorage } from "node:async_hooks";
import { Server } from "node:http";

const currentResponse = new AsyncLocalStorage();
const emit = Server.prototype.emit;

Server.prototype.emit = function (event, ...values) {
  if (event !== "request") return emit.call(this, event, ...values);
  return currentResponse.run(values[1], () => emit.call(this, event, ...values));
};

process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);

function fail(error) {
  console.error(error);
  const response = currentResponse.getStore();
  if (!response || response.writableEnded) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = 500;
  response.end("FUNCTION_INVOCATION_FAILED");
}
