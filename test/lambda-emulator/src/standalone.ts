// Bundled into the command line, for `prefreeze dev lambda`, which finds the runtime client by itself.
import { fileURLToPath } from "node:url";

export { endWithThisProcess } from "./process/end-with-this-process.js";
export { serveFunction } from "./serve-function.js";

/** The path of the stand-in for the native addon of the runtime client. The build puts it beside the bundle. */
export const standIn = fileURLToPath(
  new URL("runtime-client/rapid-client-stand-in.cjs", import.meta.url),
);
