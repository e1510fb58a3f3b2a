// What bundlers for Vercel's edge runtime find under the name of this package. An adapter that works in both runtimes
// imports these names and calls none of them there. The package itself would make Next.js warn of Node.js APIs.
export const announceToThreads = notHere;
export const asyncInvocationStore = notHere;
export const flushWithin = notHere;
export const httpTransport = notHere;
export const isSupportedNode = notHere;
export const onTerminate = notHere;
export const randomBytes = notHere;

/** There is no process to measure. It does nothing, since a module that the runtimes share may call it. */
export function processMetrics(): void {}

function notHere(): never {
  throw new Error("@prefreeze/node does not run on the edge runtime");
}
