// Short lines that show the progress of the demo. They move on a terminal; elsewhere only finished lines appear.
const { stdout } = process;
const onTerminal = stdout.isTTY;
const inColor = onTerminal && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
const REDRAW_MS = 250;
/** If the output is not a terminal, work that is still in progress after this time prints a line. */
const LONG_MS = 3_000;

/** @param {number} code */
const paint = (code) => (/** @type {string} */ text) =>
  inColor ? `\u001B[${code}m${text}\u001B[0m` : text;

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);

/** @param {string} [line] */
export function say(line = "") {
  stdout.write(`${line}\n`);
}

/**
 * Shows a line while work is in progress, and another one when it is done.
 *
 * @template T
 * @param {string} doing
 * @param {() => Promise<T>} work
 * @param {(result: T) => string} [done] the line to show when it is done; default: `doing`
 * @returns {Promise<T>}
 */
export async function step(doing, work, done = () => doing) {
  const startedMs = performance.now();
  const seconds = () => `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`;
  const draw = () => stdout.write(`\r  ${dim("·")} ${doing} ${dim(`… ${seconds()}`)}\u001B[K`);
  if (onTerminal) draw();
  const timer = onTerminal
    ? setInterval(draw, REDRAW_MS)
    : setTimeout(() => say(`  · ${doing} …`), LONG_MS);
  const end = (/** @type {string} */ line) => {
    clearInterval(timer);
    say(`${onTerminal ? "\r\u001B[K" : ""}  ${line}`);
  };
  try {
    const result = await work();
    end(`${green("✓")} ${done(result)} ${dim(`(${seconds()})`)}`);
    return result;
  } catch (error) {
    end(`${red("✗")} ${doing}`);
    throw error;
  }
}
