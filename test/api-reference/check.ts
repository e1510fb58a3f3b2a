// Part of `npm run check`: fails if the docstrings of the public API are incomplete.
import { publicSymbols } from "./public-symbols.js";
import { faultsIn } from "./rules.js";

const faults = faultsIn(await publicSymbols());
if (faults.length > 0) {
  console.error([...faults, "", `${faults.length} docstrings are incomplete.`].join("\n"));
  process.exitCode = 1;
}
