import { truthOf } from "./fates.js";
import type { EnvironmentFault } from "./faults.js";
import type { FaultyGateway } from "./faulty-gateway.js";
import type { Fleet, Response } from "./fleet.js";
import type { OrderEvent } from "./function/order.js";
import { judge, type Verdict } from "./judge.js";
import type { Oracle, Readings } from "./oracle.js";

/** What a run has requested, done and received. */
export interface Ledger {
  readonly invocations: number;
  /** @returns a number for an invocation that is not in the plan */
  nextId(): number;
  readonly responses: readonly Response[];
  /**
   * How many environments the run has destroyed: by fault, and of these during an outage, and with too little
   * time for the final flush.
   */
  readonly endings: Readonly<Record<EnvironmentFault | "inOutage" | "cutShort", number>>;
  invoke(fleet: Fleet, events: readonly OrderEvent[]): Promise<void>;
  /**
   * Notes that an environment was destroyed.
   *
   * @param shown what the gateway showed before; undefined unless it was during an outage
   * @param cutShort its final flush had too little time
   */
  destroyed(
    environment: string,
    fault: EnvironmentFault,
    shown: Readings | undefined,
    cutShort: boolean,
  ): void;
  /** The truth from the notes so far. @throws Error if it cannot be known */
  truth(): Promise<Pick<Oracle, "readings" | "counts">>;
  /** What the gateway shows now. */
  shown(): Promise<Readings>;
  verdict(): Promise<Verdict>;
}

const FIRST_UNPLANNED = 1_000_000;

export function createLedger(fleets: readonly Fleet[], gateway: FaultyGateway): Ledger {
  const events = new Map<number, OrderEvent>();
  const responses: Response[] = [];
  const inOutage = new Map<string, ReadonlyMap<string, number>>();
  let next = FIRST_UNPLANNED;
  const endings = { shutdown: 0, reuse: 0, inOutage: 0, cutShort: 0 };

  const truth = async () => {
    const notes = await Promise.all(fleets.map((fleet) => fleet.notes()));
    return truthOf(events, notes.flat());
  };
  const shown = () => gateway.readings();

  return {
    get invocations() {
      return events.size;
    },
    nextId: () => next++,
    responses,
    endings,
    async invoke(fleet, made) {
      for (const event of made) events.set(event.id, event);
      responses.push(...(await fleet.invoke(made)));
    },
    destroyed(environment, fault, readings, cutShort) {
      endings[fault]++;
      if (cutShort) endings.cutShort++;
      if (!readings) return;
      endings.inOutage++;
      inOutage.set(environment, readings.get(environment) ?? new Map());
    },
    truth,
    shown,
    verdict: async () => judge((await truth()).readings, await shown(), inOutage),
  };
}
