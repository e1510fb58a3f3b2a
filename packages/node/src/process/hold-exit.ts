/**
 * Makes `process.exit()` wait, which other code often calls as soon as it hears SIGTERM.
 *
 * @returns ends the wait, and exits if that was called for
 */
export function holdExit(): () => void {
  const exit = process.exit.bind(process);
  let released = false;
  let called: Parameters<typeof exit> | undefined;
  const waiting = ((...args: Parameters<typeof exit>) => {
    called ??= args;
    if (released) exit(...called);
  }) as typeof exit;
  process.exit = waiting;
  return () => {
    released = true;
    // Another copy of this package may have put its own in this place.
    if (process.exit === waiting) process.exit = exit;
    if (called) exit(...called);
  };
}
