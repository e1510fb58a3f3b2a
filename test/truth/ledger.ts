import { truthOf } from "./fates.js";
import type { EnvironmentFault } from "./faults.js";
import type { FaultyGateway } from "./faulty-gateway.js";
import type { Fleet, Response } from "./fleet.js";
import type { OrderEvent } from "./function/order.js";
import { judge, type Verdict } from "./judge.js";
import type { Oracle, Readings } from "./oracle.js";
import { readingsOf } from "./readings.js";

/** What a run has asked for, done and got. */
export interface Ledger {
  readonly invocations: number;
  readonly responses: readonly Response[];
  /** How many environments the run has destroyed, by fault and of both in an outage. */
  readonly endings: Readonly<Record<EnvironmentFault | "inOutage", number>>;
  invoke(fleet: Fleet, events: readonly OrderEvent[]): Promise<void>;
  /** Notes that an environment was destroyed; with what was `shown` before, out of the gateway's reach. */
  destroyed(environment: string, fault: EnvironmentFault, shown: Readings | undefined): void;
  /** As of what is noted by now. @throws Error where nobody can tell */
  truth(): Promise<Pick<Oracle, "readings" | "counts">>;
  /** What the gateway shows by now. */
  shown(): Promise<Readings>;
  verdict(): Promise<Verdict>;
}

export function createLedger(fleets: readonly Fleet[], gateway: FaultyGateway): Ledger {
  const events = new Map<number, OrderEvent>();
  const responses: Response[] = [];
  const inOutage = new Map<string, ReadonlyMap<string, number>>();
  const endings = { shutdown: 0, reuse: 0, inOutage: 0 };

  const truth = async () => {
    const notes = await Promise.all(fleets.map((fleet) => fleet.notes()));
    return truthOf(events, notes.flat());
  };
  const shown = async () => readingsOf(await gateway.metrics());

  return {
    get invocations() {
      return events.size;
    },
    responses,
    endings,
    async invoke(fleet, made) {
      for (const event of made) events.set(event.id, event);
      responses.push(...(await fleet.invoke(made)));
    },
    destroyed(environment, fault, readings) {
      endings[fault]++;
      if (!readings) return;
      endings.inOutage++;
      inOutage.set(environment, readings.get(environment) ?? new Map());
    },
    truth,
    shown,
    verdict: async () => judge((await truth()).readings, await shown(), inOutage),
  };
}
