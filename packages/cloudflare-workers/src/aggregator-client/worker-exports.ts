/** What a Worker exports, as `ctx.exports` has it. */
export type WorkerExports = Readonly<Record<string, unknown>>;

let loaded: WorkerExports | undefined;

/**
 * Loads the exports of the Worker, for calls whose context has none: a framework has made it, or the date is before
 * 2025-11-17.
 */
export function loadWorkerExports(): void {
  // Written so that bundlers do not look for the module and warn that there is none.
  (
    import(["cloudflare", "workers"].join(":")) as Promise<{ readonly exports?: WorkerExports }>
  ).then(
    ({ exports }) => (loaded = exports),
    () => undefined,
  );
}

/** @returns undefined before they are loaded, and outside the Workers runtime */
export function workerExports(): WorkerExports | undefined {
  return loaded;
}
