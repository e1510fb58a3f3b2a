/**
 * Runs `work` when the platform ends this process with SIGTERM. The signal then does what it would have
 * done without us: it ends the process, unless other code listens for it, too.
 *
 * @param withinMs how long to wait for `work`, in milliseconds
 */
export function onTerminate(work: () => Promise<void>, withinMs: number): void {
  // Before all other listeners, since those that listen once are gone after they were called.
  process.prependOnceListener("SIGTERM", () => {
    const alone = process.listenerCount("SIGTERM") === 0;
    const time = new Promise<void>((resolve) => setTimeout(resolve, withinMs));
    const end = () => {
      // Lambda's native runtime client hangs in `process.exit`.
      if (alone && process.listenerCount("SIGTERM") === 0) process.kill(process.pid, "SIGTERM");
    };
    Promise.race([work(), time]).then(end, end);
  });
}
