import { reasonOf, warn } from "@prefreeze/core/adapter";
import { type Aggregate, createAggregate, pushedGroup } from "@prefreeze/core/aggregate";
import type { StateStore } from "./state-store.js";

/** How a push is answered, by the protocol's statuses. */
export interface TakenPush {
  /** 200, 202, 400, 410 or 503. */
  readonly status: number;
  /** One line of reason; empty if there is none to give. */
  readonly body: string;
}

/** The totals of all lives, each change of which is written before it is told. */
export interface DurableTotals {
  /** @param path as core writes it: with the instance */
  take(path: string, body: string, method: "PUT" | "DELETE"): TakenPush;
  /**
   * The totals as they are written. After the storage was wiped, they are others.
   *
   * @throws Error if the state cannot be read
   */
  current(): Aggregate;
  /** Writes what has changed. @throws Error if it cannot be written; the next call tries it again */
  save(): void;
}

/** The longest path and snapshot that are taken, in characters. Writers push 1,000,000 bytes at most. */
const MAX_LENGTHS = { path: 16_384, body: 4_000_000 };

/** @returns why these are not the arguments of a push: any Worker can call the object */
function faultOf(path: unknown, body: unknown, method: unknown): string | undefined {
  if (typeof path !== "string" || typeof body !== "string") return "path and body are not texts";
  if (path.length > MAX_LENGTHS.path)
    return `the path is longer than ${MAX_LENGTHS.path} characters`;
  if (body.length > MAX_LENGTHS.body)
    return `the body is longer than ${MAX_LENGTHS.body} characters`;
  return method === "PUT" || method === "DELETE" ? undefined : "the method is not PUT or DELETE";
}

const NOT_WRITTEN = "the state cannot be written now: push again later";

/**
 * @param name the value of the label `aggregator` of all groups
 * @param changed called with each group that has changed
 */
export function createDurableTotals(
  store: StateStore,
  name: string,
  limits: { readonly maxLives: number; readonly maxSeries: number },
  changed: (group: string) => void,
): DurableTotals {
  let aggregate: Aggregate | undefined;
  /** What a write that failed would have written. */
  let unsaved: Map<string, Uint8Array | undefined> | undefined;
  let failure: string | undefined;

  /** Warns when something begins to fail, and when it works again. */
  function note(now: string | undefined): void {
    if (now !== undefined && failure === undefined) warn(now);
    if (now === undefined && failure !== undefined) warn("the aggregator's state is fine again");
    failure = now;
  }

  function current(): Aggregate {
    if (aggregate && store.isThere()) return aggregate;
    aggregate = unsaved = undefined;
    const begun = createAggregate({ ...limits, warn: (message) => warn(message.slice(11)) });
    begun.restore(store.open());
    return (aggregate = begun);
  }

  function save(): void {
    if (!aggregate) return;
    const pieces = aggregate.changes();
    if (unsaved) {
      for (const [key, piece] of pieces) unsaved.set(key, piece);
    } else unsaved = pieces;
    if (unsaved.size > 0) store.write(unsaved);
    unsaved = undefined;
  }

  /** @returns the status of a push that is answered 200 as soon as it is written */
  function push(known: Aggregate, group: string, life: string, snapshot: string): TakenPush {
    const answer = known.push({ group, life, snapshot, atMs: Date.now() });
    if (answer === "unknown life")
      return {
        status: 410,
        body: "this aggregator does not know what was acknowledged of this instance: go on as a new one with the rest",
      };
    if (answer === "full")
      return { status: 503, body: "no room for another instance or group: push again later" };
    if (answer === "accepted") changed(group);
    return { status: 200, body: "" };
  }

  return {
    current,
    save,
    take(path, body, method) {
      const fault = faultOf(path, body, method);
      if (fault !== undefined) return { status: 400, body: fault };
      const pushed = pushedGroup(path, name);
      if (pushed instanceof TypeError) return { status: 400, body: pushed.message };
      const { group, life } = pushed;
      let known: Aggregate;
      try {
        known = current();
      } catch (error) {
        note(`the aggregator's state cannot be read: ${reasonOf(error)}`);
        return { status: 503, body: "the state cannot be read now: push again later" };
      }
      let answer: TakenPush = { status: 202, body: "" };
      try {
        if (method === "PUT") answer = push(known, group, life, body);
        else if (known.forget(group, life)) changed(group);
      } catch (error) {
        return { status: 400, body: reasonOf(error) };
      }
      try {
        save();
        note(undefined);
        return answer;
      } catch (error) {
        note(`the aggregator's state cannot be written: ${reasonOf(error)}`);
        return { status: 503, body: NOT_WRITTEN };
      }
    },
  };
}
