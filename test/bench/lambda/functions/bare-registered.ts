import { registerNoOp } from "./no-op-extension.js";
import { tell } from "./told.js";

const next = await registerNoOp();
void (async () => {
  for (;;) await next();
})();

export const handler = async () => tell();
