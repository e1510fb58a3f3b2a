import type { Transport, TransportResponse } from "@prefreeze/core";
import { reasonOf } from "@prefreeze/core/adapter";
import { aggregatorStub, type ObjectNamespace } from "./object-namespace.js";

/** Stands for the objects where an address is needed. Nothing is ever sent there. */
const ADDRESS = "https://prefreeze-aggregator.invalid";

/** The addresses of the shards: an instance stays with one of them, as with one of several gateways. */
export function shardAddresses(shards: number): readonly string[] {
  return Array.from({ length: shards }, (_, shard) => `${ADDRESS}/${shard}`);
}

/** Calls the aggregator object of the shard that the address names. */
export function rpcTransport(namespace: ObjectNamespace): Transport {
  return async ({ method, url, body }) => {
    // Of what a gateway can be asked, the object answers pushes alone.
    if (method !== "PUT" && method !== "DELETE") return { status: 404, body: "" };
    const [, shard = "", path = ""] = /^\/(\d+)(.*)/.exec(url.slice(ADDRESS.length)) ?? [];
    try {
      const taken = await aggregatorStub(namespace, shard).take(path, String(body ?? ""), method);
      // What a call returns belongs to its request.
      return { status: taken.status, body: taken.body };
    } catch (error) {
      return answerOf(error);
    }
  };
}

/** @throws Error of its own: what the object threw may have a status, and nobody knows whether it took the push */
function answerOf(thrown: unknown): TransportResponse {
  const reason = reasonOf(thrown);
  if ((Object(thrown) as { readonly overloaded?: unknown }).overloaded === true)
    return { status: 503, body: reason };
  throw new Error(reason);
}
