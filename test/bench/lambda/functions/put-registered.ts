import { registerNoOp } from "./no-op-extension.js";
import { put } from "./snapshot-put.js";
import { reportCpu } from "./cpu-report.js";

const next = await registerNoOp();
let pushed: () => void;
let push = new Promise<void>((resolve) => (pushed = resolve));
void (async () => {
  for (;;) {
    await next();
    await push;
    push = new Promise((resolve) => (pushed = resolve));
  }
})();

/** Records nothing, and pushes after the response. */
export const handler = async () => {
  setImmediate(() => setImmediate(() => put().then(pushed)));
  return reportCpu();
};
