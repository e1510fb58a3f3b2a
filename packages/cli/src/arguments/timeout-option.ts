import { Option } from "commander";
import { duration } from "./duration.js";

/** How long a server may be silent. */
export function timeoutOption(): Option {
  return new Option("--timeout <TIME>", "how long a server may be silent")
    .argParser(duration(100, 600_000))
    .default(30_000, "30s");
}
