import type { Aggregators } from "./aggregators.js";
import { type Group, sequenceIn } from "./reader.js";
import type { Transport, TransportRequest, TransportResponse } from "@prefreeze/core";

/** What happens to a request in flight. */
export const FATES = [
  "applied",
  "refused",
  "not connected",
  "answered 400",
  "answered 503",
  "cut before it was applied",
  "cut after it was applied",
  "held back",
] as const;
export type Fate = (typeof FATES)[number];

/** The default of `prefreeze prune`. */
const PRUNED_AFTER_MS = 1_800_000;
/** Two scrapes, a minute apart. */
const SCRAPED_AFTER_MS = 120_000;

/** A request that arrives later than this was held up, by a freeze or by the network, for example. */
const LATE_MS = 600_000;
/** No network holds a request back for longer. An aggregator then forgets its life. */
const LOST_MS = 86_400_000;

/** A request in flight. */
export interface Push extends Pick<Group, "body"> {
  readonly method: TransportRequest["method"];
  readonly instance: string;
  /** Of the gateway. */
  readonly address: string;
  readonly startedAtMs: number;
  mayReturn: boolean;
}

/** Reports what happens on the network to the world. */
export interface Watcher {
  /** @returns false if the sender is gone */
  starts(push: Push): boolean;
  applied(): void;
  /** The gateway answered 2xx, and the sender received the answer. */
  acknowledged(push: Push): void;
  /** The gateway certainly did not apply it, and the sender knows. */
  notApplied(push: Push): void;
  /** An aggregator answered that it does not know the life, and the sender received the answer. */
  unknown(push: Push): void;
}

interface Waiting extends Push {
  /** No connection is made for it, so it is never sent. */
  connects: boolean;
  readonly resolve: (answer: TransportResponse) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A Pushgateway and its network. A test decides every answer, since no real gateway can be told to lose an
 * answer or to apply a push late. A PUT replaces its group, and a DELETE deletes it.
 *
 * If there are several, each address has groups of its own. They are kept together, as no id is pushed to two.
 */
export class FakeGateway {
  readonly #watcher: Watcher;
  readonly #deaf: boolean;
  /** What stands at the addresses in place of Pushgateways. */
  readonly aggregators: Aggregators | undefined;
  groups = new Map<string, Group & { readonly atMs: number }>();
  #remembered = { groups: this.groups, atMs: -Infinity };
  /** For each instance, the newest snapshot that was applied. */
  readonly #newest = new Map<string, { readonly sequence: number; readonly atMs: number }>();
  readonly #addresses = new Map<string, string>();
  #waiting: Waiting[] = [];
  readonly #late: Waiting[] = [];
  /** Aborted requests whose sender still accepts an answer. */
  readonly #heard = new Set<Push>();
  #healed = false;
  /** Two requests were in flight at once, and neither was aborted. */
  overlapped = false;
  /** A group was deleted before two scrapes could have seen it. */
  deletedEarly = false;
  /** The group of a life that was replaced was deleted twice. */
  deletedTwice = false;
  readonly #deleted = new Set<string>();
  /** The instance that sent the newest snapshot. */
  #newestInstance: string | undefined;

  /** @param deaf the sender ignores its abort signal, and still accepts an answer */
  constructor(deaf: boolean, aggregators: Aggregators | undefined, watcher: Watcher) {
    this.#deaf = deaf;
    this.aggregators = aggregators;
    this.#watcher = watcher;
  }

  readonly transport: Transport = ({ url, method, body, controller }) =>
    new Promise((resolve, reject) => {
      // It does not list its groups.
      if (method === "GET") return resolve({ status: 404, body: "" });
      const [, address, instance] = /^(.*)\/metrics\/.*\/instance\/([^/]+)$/.exec(url)!;
      const push: Waiting = {
        instance: instance!,
        address: address!,
        method,
        body: String(body),
        startedAtMs: Date.now(),
        mayReturn: false,
        connects: true,
        resolve,
        reject,
      };
      if (!this.#watcher.starts(push)) return;
      if ((this.#addresses.get(push.instance) ?? address) !== address)
        throw new Error("a life moves to another gateway");
      this.#addresses.set(push.instance, address!);
      if (method === "PUT") this.#newestInstance = instance;
      else if (instance !== this.#newestInstance) {
        // Nothing waits for the deletion of an old group. It is applied at any time.
        this.deletedTwice ||= this.#deleted.has(instance!);
        this.#deleted.add(instance!);
        this.#late.push(push);
        return;
      }
      this.#waiting.push(push);
      if (this.#waiting.length > 1) this.overlapped = true;
      controller.abort = () => {
        AbortController.prototype.abort.call(controller);
        if (!this.#waiting.includes(push)) return;
        this.#giveUp(push);
        if (!this.#deaf) this.#reject(push, push.connects ? "ABORTED" : "ENOTCONN");
      };
      if (this.#healed) this.decide("applied");
    });

  get inFlight(): number {
    return this.#waiting.length;
  }

  /** Decides what happens to the request in flight. */
  decide(fate: Fate): void {
    // The request stays unanswered until it is aborted.
    if (fate === "held back") return;
    if (fate === "not connected") {
      for (const each of this.#waiting) each.connects = false;
      return;
    }
    const push = this.#waiting.shift();
    if (!push) return;
    const applied = fate === "applied" || fate === "cut after it was applied";
    const status = applied ? this.#apply(push) : 0;
    if (fate === "applied") this.#answer(push, status);
    else if (fate === "refused") this.#reject(push, "ECONNREFUSED");
    else if (fate === "answered 400") {
      this.#watcher.notApplied(push);
      push.resolve({ status: 400, body: "" });
    } else if (fate === "answered 503") push.resolve({ status: 503, body: "" });
    else this.#reject(push, "ECONNRESET");
  }

  /** Ends one of the requests that were held back, whatever was applied since. */
  applyLate(which: number): void {
    const [push] = this.#late.splice(which % (this.#late.length || 1), 1);
    if (!push) return;
    const heard = this.#heard.delete(push);
    const arrives = push.connects && Date.now() - push.startedAtMs < LOST_MS;
    const status = arrives ? this.#apply(push) : 0;
    if (!heard) return;
    if (arrives) this.#answer(push, status);
    else this.#reject(push, push.connects ? "ECONNRESET" : "ENOTCONN");
  }

  /** The aggregator is killed while it takes the push in flight. */
  killInPush(): void {
    const push = this.#waiting.shift()!;
    if (push.method === "PUT")
      this.aggregators!.pushAndKill(push.address, push.instance, push.body);
    this.#reject(push, "ECONNRESET");
  }

  get late(): number {
    return this.#late.length;
  }

  /** The gateway loses its groups. An aggregator keeps all that is durable. */
  restart(): void {
    this.groups = new Map();
    this.aggregators?.restart();
  }

  remember(): void {
    this.#remembered = { groups: new Map(this.groups), atMs: Date.now() };
  }

  /** Returns to the remembered groups, unless they are older than the age at which groups are pruned. */
  rollBack(): void {
    const { groups, atMs } = this.#remembered;
    if (Date.now() - atMs < PRUNED_AFTER_MS) this.groups = new Map(groups);
  }

  prune(): void {
    this.aggregators?.forgetSilent();
    for (const [instance, { atMs }] of this.groups)
      if (Date.now() - atMs > PRUNED_AFTER_MS) this.groups.delete(instance);
  }

  /** From now on, every request is applied and answered. Those that were held back are applied. */
  heal(): void {
    while (this.#late.length > 0) this.applyLate(0);
    for (const each of this.#waiting) each.connects = true;
    while (this.inFlight > 0) this.decide("applied");
    this.#healed = true;
  }

  /** The senders of all requests are gone. */
  disconnect(): void {
    for (const push of this.#waiting) this.#giveUp(push);
    this.#heard.clear();
  }

  #giveUp(push: Waiting): void {
    this.#waiting = this.#waiting.filter((each) => each !== push);
    this.#late.push(push);
    if (this.#deaf) this.#heard.add(push);
  }

  #reject(push: Waiting, code: "ABORTED" | "ECONNREFUSED" | "ECONNRESET" | "ENOTCONN"): void {
    const nothingSent = code === "ECONNREFUSED" || code === "ENOTCONN";
    if (nothingSent) this.#watcher.notApplied(push);
    push.reject(Object.assign(new Error(code), { code, nothingSent }));
  }

  #answer(push: Waiting, status: number): void {
    if (status === 410) this.#watcher.unknown(push);
    else this.#watcher.acknowledged(push);
    push.resolve({ status, body: "" });
  }

  /** @returns the status of the answer */
  #apply(push: Push): number {
    const status = this.aggregators ? this.#applyThere(this.aggregators, push) : this.#store(push);
    this.#watcher.applied();
    return status;
  }

  #applyThere(aggregators: Aggregators, { method, address, instance, body }: Push): number {
    if (method === "PUT") return aggregators.push(address, instance, body);
    aggregators.delete(address, instance);
    return 202;
  }

  #store(push: Push): number {
    const { method, instance, body, startedAtMs } = push;
    const mayReturn = push.mayReturn || Date.now() - startedAtMs > LATE_MS;
    const newest = this.#newest.get(instance);
    if (method === "DELETE") {
      if (newest && Date.now() - newest.atMs < SCRAPED_AFTER_MS) this.deletedEarly = true;
      this.groups.delete(instance);
      return 202;
    } else {
      const sequence = sequenceIn(body);
      if (!newest || newest.sequence < sequence)
        this.#newest.set(instance, { sequence, atMs: Date.now() });
      this.groups.set(instance, { body, mayReturn, atMs: Date.now() });
      return 200;
    }
  }
}
