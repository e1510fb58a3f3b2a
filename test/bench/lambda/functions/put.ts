import { put } from "./snapshot-put.js";
import { tell } from "./told.js";

/** Records nothing, and pushes before it returns. */
export const handler = async () => {
  const told = tell();
  const startedMs = performance.now();
  await put();
  return { ...told, gatewayMs: performance.now() - startedMs };
};
