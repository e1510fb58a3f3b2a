/** What is known of an answer of the aggregator object. */
export interface TakenPush {
  readonly status: number;
  readonly body: string;
}

/** The methods of the aggregator object that an isolate calls. */
export interface AggregatorStub {
  take(path: string, body: string, method: "PUT" | "DELETE"): Promise<TakenPush>;
}

/** The binding of a Durable Object, or what `ctx.exports` has of one. */
export interface ObjectNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): AggregatorStub;
}

/**
 * Whether a value is the namespace of a Durable Object. The name of its class tells: a service binding has a
 * method of any name.
 */
export function isNamespace(value: unknown): value is ObjectNamespace {
  try {
    const { name } = (value as { readonly constructor: { readonly name: unknown } }).constructor;
    return /^(Loopback)?DurableObjectNamespace$/.test(String(name));
  } catch {
    return false;
  }
}

/** The object of a shard. A stub belongs to the request that made it, so each push makes one. */
export function aggregatorStub(namespace: ObjectNamespace, shard: string): AggregatorStub {
  return namespace.get(namespace.idFromName(`prefreeze-${shard}`));
}
