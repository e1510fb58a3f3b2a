import picocolors from "picocolors";

const { FORCE_COLOR = "", NO_COLOR = "", TERM } = process.env;

/**
 * Colours on a terminal, and plain text elsewhere, in CI as well. `NO_COLOR` and `FORCE_COLOR` decide otherwise.
 *
 * Source: https://no-color.org and https://force-color.org
 */
export const colors: ReturnType<typeof picocolors.createColors> =
  picocolors.createColors(isColored());

function isColored(): boolean {
  if (NO_COLOR !== "") return false;
  if (FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  // Undefined, whatever its type says, if it is no terminal.
  return process.stdout.isTTY ? TERM !== "dumb" : false;
}
