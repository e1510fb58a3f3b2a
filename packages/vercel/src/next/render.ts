import { shared } from "@prefreeze/core/adapter";

/** What of Next.js is needed to know a render, and its end. */
interface NextServer {
  after?(task: () => Promise<unknown>): void;
  /** Holds what Next.js itself keeps for the request that it renders. */
  readonly work?: { getStore(): object | undefined };
}

const next = shared<{ server: NextServer | undefined; loading: Promise<void> | undefined }>(
  "nextServer",
  { server: undefined, loading: undefined },
);

/**
 * Loads what is needed of Next.js, once. Not by an import of this module, which would fail where Next.js is not
 * installed.
 *
 * @returns undefined if it is loaded
 */
export function loadNext(): Promise<void> | undefined {
  if (next.server) return undefined;
  return (next.loading ??= Promise.all([
    import("next/server.js").then(
      (server) => server.after ?? server.default?.after,
      () => undefined,
    ),
    import("next/dist/server/app-render/work-async-storage.external.js").then(
      (storage) => storage.workAsyncStorage ?? storage.default?.workAsyncStorage,
      () => undefined,
    ),
  ]).then(([after, work]) => {
    next.server = { ...(after && { after }), ...(work && { work }) };
  }));
}

/** What Next.js keeps for the request that it renders now: the same object in all its pages, layouts and actions. */
export function currentRender(): object | undefined {
  return next.server?.work?.getStore();
}

/** Next.js renders a static page: to revalidate it, since this package does nothing while it builds. */
export function isStaticRender(): boolean {
  const { isStaticGeneration } = Object(currentRender()) as {
    readonly isStaticGeneration?: unknown;
  };
  return isStaticGeneration === true;
}

/** Runs a task when the response has been sent. @returns false if Next.js does not take it */
export function afterResponse(task: () => Promise<unknown>): boolean {
  try {
    next.server?.after?.(task);
    return next.server?.after !== undefined;
  } catch {
    return false;
  }
}
