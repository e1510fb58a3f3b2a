import type { Transport } from "@prefreeze/core";

/** What becomes of a push that is on its way. */
export const FATES = [
  "applied",
  "refused",
  "answered 400",
  "answered 503",
  "cut before it was applied",
  "cut after it was applied",
  "held back",
] as const;
export type Fate = (typeof FATES)[number];

/** As `prefreeze prune` has it. */
export const PRUNED_AFTER_MS = 1_800_000;

/** No proxy holds a push back for longer. */
const LATEST_MS = 60_000;

interface Push {
  readonly instance: string;
  readonly body: string;
  readonly sentAtMs: number;
  readonly resolve: (status: number) => void;
  readonly reject: (code: string) => void;
}

/**
 * A Pushgateway and its network, whose every answer a test decides; fake, since no real one can be told when
 * to lose an answer and when to apply it late. A PUT replaces its group.
 */
export interface FakeGateway {
  readonly transport: Transport;
  readonly groups: ReadonlyMap<string, string>;
  readonly onTheWay: number;
  /** The most pushes that were on their way and not given up at once. */
  readonly mostAtOnce: number;
  /** Decides what becomes of the oldest push on its way. */
  decide(fate: Fate): void;
  /** Applies the oldest push that was held back, whatever came since. */
  applyLate(): boolean;
  /** Keeps all groups, or forgets them. */
  restart(kept: boolean): void;
  remember(): void;
  /** Goes back to what was remembered, unless that is older than any group may get without being pruned. */
  rollBack(): void;
  /** Deletes groups that were silent for half an hour. */
  prune(): void;
  /** Nobody waits for any of these any more. */
  disconnect(): void;
}

export function createFakeGateway(applied: () => void): FakeGateway {
  let groups = new Map<string, string>();
  let remembered = new Map<string, string>();
  const pushedAtMs = new Map<string, number>();
  let waiting: Push[] = [];
  const late: Push[] = [];
  let rememberedAtMs = -Infinity;
  let mostAtOnce = 0;

  function apply({ instance, body }: Push): void {
    groups.set(instance, body);
    pushedAtMs.set(instance, Date.now());
    applied();
  }

  return {
    transport: ({ url, method, body, controller }) =>
      new Promise((resolve, reject) => {
        const instance = /\/instance\/([^/]+)/.exec(url)![1]!;
        if (method === "DELETE") {
          groups.delete(instance);
          return resolve({ status: 202, body: "" });
        }
        const push: Push = {
          instance,
          body: String(body),
          sentAtMs: Date.now(),
          resolve: (status) => resolve({ status, body: "" }),
          reject: (code) => reject(Object.assign(new Error(code), { code })),
        };
        waiting.push(push);
        mostAtOnce = Math.max(mostAtOnce, waiting.length);
        controller.abort = () => {
          // Given up, it may be applied all the same.
          if (waiting.includes(push)) late.push(push);
          waiting = waiting.filter((each) => each !== push);
          push.reject("ABORTED");
        };
      }),
    get groups() {
      return groups;
    },
    get onTheWay() {
      return waiting.length;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    decide(fate) {
      // It stays unanswered until it is given up.
      if (fate === "held back") return;
      const push = waiting.shift();
      if (!push) return;
      if (fate === "applied" || fate === "cut after it was applied") apply(push);
      if (fate === "applied") push.resolve(200);
      else if (fate === "refused") push.reject("ECONNREFUSED");
      else if (fate === "answered 400") push.resolve(400);
      else if (fate === "answered 503") push.resolve(503);
      else push.reject("ECONNRESET");
    },
    applyLate() {
      const push = late.shift();
      if (push && Date.now() - push.sentAtMs < LATEST_MS) apply(push);
      return push !== undefined;
    },
    restart(kept) {
      if (!kept) groups = new Map();
    },
    remember() {
      remembered = new Map(groups);
      rememberedAtMs = Date.now();
    },
    rollBack() {
      if (Date.now() - rememberedAtMs < PRUNED_AFTER_MS) groups = new Map(remembered);
    },
    prune() {
      for (const instance of groups.keys())
        if (Date.now() - pushedAtMs.get(instance)! > PRUNED_AFTER_MS) groups.delete(instance);
    },
    disconnect() {
      late.push(...waiting);
      waiting = [];
    },
  };
}
