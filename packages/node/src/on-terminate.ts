/**
 * Does `work` when the platform ends this process with SIGTERM, and then lets the signal do what it would
 * have done: it ends the process, unless others listen for it, too.
 *
 * @param withinMs how long `work` is waited for
 */
export function onTerminate(work: () => Promise<void>, withinMs: number): void {
  // Before all others: those that listen once are gone when they have been called.
  process.prependOnceListener("SIGTERM", () => {
    const alone = process.listenerCount("SIGTERM") === 0;
    const time = new Promise<void>((resolve) => setTimeout(resolve, withinMs));
    const end = () => {
      // In `process.exit`, Lambda's native runtime client hangs.
      if (alone && process.listenerCount("SIGTERM") === 0) process.kill(process.pid, "SIGTERM");
    };
    Promise.race([work(), time]).then(end, end);
  });
}
