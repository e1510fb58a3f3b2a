/**
 * Resolves on the first SIGTERM or SIGINT. A second signal ends the process at once, as without listeners.
 *
 * @returns the name of the signal
 */
export function terminated(): Promise<NodeJS.Signals> {
  const signals = ["SIGTERM", "SIGINT"] as const;
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      for (const each of signals) process.removeListener(each, onSignal);
      resolve(signal);
    };
    for (const each of signals) process.on(each, onSignal);
  });
}
