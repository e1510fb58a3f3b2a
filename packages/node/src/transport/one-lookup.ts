import type { LookupAddress, LookupOptions } from "node:dns";
import type { LookupFunction } from "node:net";
import { shared } from "@prefreeze/core/adapter";

/** Of all copies of this package in the thread. */
const turns = shared<{
  /** Resolves when the last look-up that was asked for has ended. */
  last: Promise<unknown>;
  readonly pending: Map<string, Promise<LookupAddress[]>>;
}>("lookups", { last: Promise.resolve(), pending: new Map() });

/**
 * Runs `work` once no look-up is pending. Node.js resolves names on threads of which it has two for all
 * look-ups of the process, so if a name server is silent, a second look-up would hold up the function's own.
 */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turns.last.then(work);
  turns.last = done.catch(() => undefined);
  return done;
}

/** `dns.lookup`, one at a time. Those for the same name share one. */
export const lookupInTurn: LookupFunction = (hostname, options, report) => {
  find(hostname, { ...options, all: true }).then(
    (addresses) => {
      // Node.js reports an address that is none, and does not expect that there is none.
      const [first = { address: "", family: 4 }] = addresses;
      if (options.all) report(null, addresses.length > 0 ? addresses : [first]);
      else report(null, first.address, first.family);
    },
    (error: unknown) => report(error as Error, []),
  );
};

function find(hostname: string, options: LookupOptions & { all: true }): Promise<LookupAddress[]> {
  const key = JSON.stringify([hostname, options.family, options.hints]);
  const { pending } = turns;
  const asked = pending.get(key);
  if (asked) return asked;
  const found = inTurn(async () => {
    try {
      const { lookup } = process.getBuiltinModule("node:dns");
      return await new Promise<LookupAddress[]>((resolve, reject) => {
        lookup(hostname, options, (error, addresses) =>
          error ? reject(error) : resolve(addresses),
        );
      });
    } finally {
      pending.delete(key);
    }
  });
  pending.set(key, found);
  return found;
}
