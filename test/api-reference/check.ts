// Part of `npm run check`: whether the API reference is complete.
import { publicSymbols } from "./public-symbols.js";
import { faultsIn } from "./rules.js";

const faults = faultsIn(await publicSymbols());
if (faults.length > 0) {
  console.error([...faults, "", `${faults.length} faults in docstrings.`].join("\n"));
  process.exitCode = 1;
}
