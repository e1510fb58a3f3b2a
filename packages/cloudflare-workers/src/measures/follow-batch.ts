import { guarded } from "@prefreeze/core/adapter";

interface Batch {
  readonly messages: readonly unknown[];
}

interface Message {
  readonly id: unknown;
}

/**
 * Follows what the handler says of the messages of a batch, as the runtime does: the first word about a
 * message stands, then the first one about the batch.
 *
 * @returns the number of messages that failed, to be called when the handler has ended; `threw`: by an error
 *
 * Source: https://developers.cloudflare.com/queues/configuration/batching-retries/
 */
export function followBatch(batch: unknown): (threw: boolean) => number {
  const { messages } = batch as Batch;
  let all: "acked" | "retried" | undefined;
  const acked = new Set<unknown>();
  const retried = new Set<unknown>();

  onCalls({ retryAll: () => (all ??= "retried"), ackAll: () => (all ??= "acked") })(batch);
  const follow = onCalls({
    retry({ id }) {
      if (all !== "acked" && !acked.has(id)) retried.add(id);
    },
    ack({ id }) {
      if (all === undefined && !retried.has(id)) acked.add(id);
    },
  });
  for (const message of messages) follow(message);
  return (threw) => {
    const delivered = all === "retried" || (threw && all === undefined);
    return delivered ? messages.length - acked.size : retried.size;
  };
}

type Notes = Readonly<Record<string, (self: Message) => void>>;

/**
 * Calls a note after each call of a method of its name that did not throw.
 *
 * The methods are in a prototype that is put between an object and its own one. So the object has no properties
 * that it did not have, and no other object of its class changes.
 *
 * @returns puts it there. Objects with one prototype share it
 */
function onCalls(notes: Notes): (object: unknown) => void {
  const layers = new Map<unknown, object | undefined>();
  return (object) => {
    const prototype = Reflect.getPrototypeOf(object as object);
    if (!layers.has(prototype)) layers.set(prototype, layerOver(prototype, notes));
    const layer = layers.get(prototype);
    if (layer) Reflect.setPrototypeOf(object as object, layer);
  };
}

/** @returns undefined if the prototype has none of the methods */
function layerOver(prototype: object | null, notes: Notes): object | undefined {
  const layer: object = Object.create(prototype) as object;
  for (const [name, note] of Object.entries(notes)) {
    const method = (prototype as Readonly<Record<string, unknown>> | null)?.[name];
    if (typeof method !== "function") return undefined;
    Reflect.defineProperty(layer, name, {
      value: new Proxy(method, {
        apply(_, self, args) {
          const result: unknown = Reflect.apply(method, self, args);
          guarded(() => note(self as Message));
          return result;
        },
      }),
      enumerable: Object.prototype.propertyIsEnumerable.call(prototype, name),
      writable: true,
      configurable: true,
    });
  }
  return layer;
}
