import type { Options } from "@prefreeze/core";
import type { ObjectNamespace } from "./object-namespace.js";
import { rpcTransport, shardAddresses } from "./rpc-transport.js";

/**
 * The options of an instance that pushes to the aggregator object: as text, and without what HTTP needs.
 *
 * @returns the same options for the same ones, since each invocation asks
 */
export function throughAggregator<O extends Options>(
  namespace: ObjectNamespace,
  shards: number,
): (options: O) => O {
  const known = new WeakMap<O, O>();
  const fixed: Options = {
    url: shardAddresses(shards),
    username: "",
    password: "",
    bearerToken: "",
    headers: undefined,
    format: undefined,
    gzipAboveBytes: Infinity,
    transport: rpcTransport(namespace),
  };
  return (options) => {
    let through = known.get(options);
    if (!through) known.set(Object(options) as O, (through = { ...options, ...fixed }));
    return through;
  };
}
