import { registerNoOp } from "./no-op-extension.js";
import { reportCpu } from "./cpu-report.js";

const next = await registerNoOp();
void (async () => {
  for (;;) await next();
})();

export const handler = async () => reportCpu();
