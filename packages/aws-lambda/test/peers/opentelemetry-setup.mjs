// Preloaded by --import, for functions that are ES modules.
import { register } from "node:module";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
await import("./opentelemetry-setup.cjs");
