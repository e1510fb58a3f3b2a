// Preloaded by the wrapper. Registers, then redirects the runtime to the layer's handler.
import { fileURLToPath } from "node:url";
import { loadsHandler } from "../src/preload.js";
import { redirectHandler } from "./redirect-handler.js";

if (loadsHandler)
  redirectHandler(process.env, fileURLToPath(new URL("handler.handler", import.meta.url)));
