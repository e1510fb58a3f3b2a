import { type Group, sequenceIn } from "./reader.js";
import type { Transport, TransportRequest, TransportResponse } from "@prefreeze/core";

/** What becomes of a request that is on its way. */
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
const PRUNED_AFTER_MS = 1_800_000;
/** Two scrapes, a minute apart. */
const SCRAPED_AFTER_MS = 120_000;

/** What arrives later than this was held up by a freeze, say, or by a network that kept it. */
const LATE_MS = 600_000;

/** A request on its way. */
export interface Push extends Pick<Group, "body"> {
  readonly method: TransportRequest["method"];
  readonly instance: string;
  readonly departedAtMs: number;
  forgiven: boolean;
}

/** What the world hears of the network. */
export interface Watcher {
  /** False where nobody is left who sends. */
  departs(push: Push): boolean;
  applied(): void;
  /** It was answered 2xx, and the sender heard it. */
  acknowledged(push: Push): void;
  /** Nobody can tell what became of it. */
  inDoubt(push: Push): void;
}

interface Waiting extends Push {
  readonly resolve: (answer: TransportResponse) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A Pushgateway and its network, whose every answer a test decides; fake, since no real one can be told when
 * to lose an answer and when to apply it late. A PUT replaces its group, and a DELETE deletes it.
 *
 * Of several, each address has groups of its own; as no id is pushed to two, they are kept as one.
 */
export class FakeGateway {
  readonly #watcher: Watcher;
  readonly #deaf: boolean;
  groups = new Map<string, Group & { readonly atMs: number }>();
  #remembered = { groups: this.groups, atMs: -Infinity };
  /** Of each instance, the newest snapshot that it has shown. */
  readonly #newest = new Map<string, { readonly sequence: number; readonly atMs: number }>();
  readonly #addresses = new Map<string, string>();
  #waiting: Waiting[] = [];
  readonly #late: Waiting[] = [];
  /** Of those that were given up, those whose sender still hears. */
  readonly #heard = new Set<Push>();
  #healed = false;
  /** Two pushes were on their way at once, neither given up. */
  overlapped = false;
  /** A group was deleted that no two scrapes can have seen. */
  deletedEarly = false;

  /** @param deaf what is given up is not rejected, and answered when it is applied */
  constructor(deaf: boolean, watcher: Watcher) {
    this.#deaf = deaf;
    this.#watcher = watcher;
  }

  readonly transport: Transport = ({ url, method, body, controller }) =>
    new Promise((resolve, reject) => {
      const [, address, instance] = /^(.*)\/metrics\/.*\/instance\/([^/]+)$/.exec(url)!;
      const push: Waiting = {
        instance: instance!,
        method,
        body: String(body),
        departedAtMs: Date.now(),
        forgiven: false,
        resolve,
        reject,
      };
      if (!this.#watcher.departs(push)) return;
      if ((this.#addresses.get(push.instance) ?? address) !== address)
        throw new Error("a life moves to another gateway");
      this.#addresses.set(push.instance, address!);
      this.#waiting.push(push);
      if (this.#waiting.length > 1) this.overlapped = true;
      controller.abort = () => {
        if (!this.#waiting.includes(push)) return;
        this.#giveUp(push);
        if (!this.#deaf) reject(error("ABORTED"));
      };
      if (this.#healed) this.decide("applied");
    });

  get onTheWay(): number {
    return this.#waiting.length;
  }

  /** Decides what becomes of the request on its way. */
  decide(fate: Fate): void {
    // It stays unanswered until it is given up.
    if (fate === "held back") return;
    const push = this.#waiting.shift();
    if (!push) return;
    const applied = fate === "applied" || fate === "cut after it was applied";
    if (applied) this.#apply(push);
    if (fate === "applied") this.#answer(push);
    else if (fate === "refused") push.reject(error("ECONNREFUSED"));
    else if (fate === "answered 400") push.resolve({ status: 400, body: "" });
    else {
      this.#watcher.inDoubt(push);
      if (fate === "answered 503") push.resolve({ status: 503, body: "" });
      else push.reject(error("ECONNRESET"));
    }
  }

  /** Applies one of those that were held back, whatever came since. */
  applyLate(which: number): void {
    const [push] = this.#late.splice(which % (this.#late.length || 1), 1);
    if (!push) return;
    this.#apply(push);
    if (this.#heard.delete(push)) this.#answer(push);
  }

  get late(): number {
    return this.#late.length;
  }

  /** Its groups are lost. */
  restart(): void {
    this.groups = new Map();
  }

  remember(): void {
    this.#remembered = { groups: new Map(this.groups), atMs: Date.now() };
  }

  /** Goes back to what it remembers, unless that is older than any group gets without being pruned. */
  rollBack(): void {
    const { groups, atMs } = this.#remembered;
    if (Date.now() - atMs < PRUNED_AFTER_MS) this.groups = new Map(groups);
  }

  prune(): void {
    for (const [instance, { atMs }] of this.groups)
      if (Date.now() - atMs > PRUNED_AFTER_MS) this.groups.delete(instance);
  }

  /** From here on, every request is applied and answered, and what was held back comes. */
  heal(): void {
    while (this.#late.length > 0) this.applyLate(0);
    while (this.onTheWay > 0) this.decide("applied");
    this.#healed = true;
  }

  /** Those who wait are gone. */
  disconnect(): void {
    for (const push of this.#waiting) this.#giveUp(push);
    this.#heard.clear();
  }

  #giveUp(push: Waiting): void {
    this.#waiting = this.#waiting.filter((each) => each !== push);
    this.#late.push(push);
    if (this.#deaf) this.#heard.add(push);
    this.#watcher.inDoubt(push);
  }

  #answer(push: Waiting): void {
    this.#watcher.acknowledged(push);
    push.resolve({ status: push.method === "PUT" ? 200 : 202, body: "" });
  }

  #apply(push: Push): void {
    const { method, instance, body, departedAtMs } = push;
    const forgiven = push.forgiven || Date.now() - departedAtMs > LATE_MS;
    const newest = this.#newest.get(instance);
    if (method === "DELETE") {
      if (newest && Date.now() - newest.atMs < SCRAPED_AFTER_MS) this.deletedEarly = true;
      this.groups.delete(instance);
    } else {
      const sequence = sequenceIn(body);
      if (!newest || newest.sequence < sequence)
        this.#newest.set(instance, { sequence, atMs: Date.now() });
      this.groups.set(instance, { body, forgiven, atMs: Date.now() });
      this.#watcher.applied();
    }
  }
}

function error(code: string): Error {
  return Object.assign(new Error(code), { code });
}
