import { shared } from "@prefreeze/core/adapter";

/** What of Next.js is needed to know a render, and its end. */
interface NextServer {
  readonly after?: (task: () => Promise<unknown>) => void;
  /** Holds what Next.js itself keeps for the request that it renders. */
  readonly work?: WorkStorage;
}

interface WorkStorage {
  getStore(): object | undefined;
  run<R>(store: object | undefined, code: () => R): R;
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

/** Next.js renders a static page or route: to revalidate it, since this package does nothing while it builds. */
export function isStatic(request: object | undefined): boolean {
  const { isStaticGeneration } = Object(request) as { readonly isStaticGeneration?: unknown };
  return isStaticGeneration === true;
}

/**
 * Runs code that Next.js does not take for a part of a static render, in which it forbids clocks and random values.
 *
 * @param begin gets a function that runs code as a part of the render again
 */
export function outsideRender<R>(begin: (inside: <T>(code: () => T) => T) => R): R {
  const work = next.server?.work;
  const request = currentRender();
  if (!work || !isStatic(request)) return begin((code) => code());
  return work.run(undefined, () => begin((code) => work.run(request, code)));
}

/** Runs a task when the response to the request has been sent. @returns false if Next.js does not take it */
export function afterResponse(request: object | undefined, task: () => Promise<unknown>): boolean {
  const { after, work } = next.server ?? {};
  try {
    if (!after) return false;
    if (work && request) work.run(request, () => after(task));
    else after(task);
    return true;
  } catch {
    return false;
  }
}
