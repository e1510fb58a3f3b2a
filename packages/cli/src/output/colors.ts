import picocolors from "picocolors";

const { FORCE_COLOR = "", NO_COLOR = "", TERM } = process.env;

/**
 * Colours on a terminal, and plain text elsewhere, in CI as well. `NO_COLOR` and `FORCE_COLOR` decide otherwise.
 *
 * Source: https://no-color.org and https://force-color.org
 */
export const colors = picocolors.createColors(
  NO_COLOR === "" &&
    (FORCE_COLOR === "" ? process.stdout.isTTY && TERM !== "dumb" : FORCE_COLOR !== "0"),
);
