import type { FaultyGateway } from "./faulty-gateway.js";
import { judge, type Verdict } from "./judge.js";
import type { Oracle, Readings } from "./oracle.js";

/** One call of a function. */
interface Numbered {
  readonly id: number;
}

/** What a run has requested, done and received. */
export interface Ledger<Event extends Numbered, Response> {
  readonly invocations: number;
  /** @returns a number for an invocation that is not in the plan */
  nextId(): number;
  readonly responses: readonly Response[];
  /**
   * How many environments the run has destroyed: by fault, and of these during an outage, and with too little
   * time for the final flush.
   */
  readonly endings: Readonly<Record<string, number>> &
    Readonly<Record<"inOutage" | "cutShort", number>>;
  invoke(
    fleet: { invoke(events: readonly Event[]): Promise<Response[]> },
    events: readonly Event[],
  ): Promise<void>;
  /**
   * Notes that an environment was destroyed.
   *
   * @param shown what the gateway showed before, if the environment could not push after it: during an outage, or
   *   killed
   * @param cutShort its final flush had too little time
   */
  destroyed(
    environment: string,
    fault: string,
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

/** @param truthOf what must be shown, from what the functions have noted about these events */
export function createLedger<Event extends Numbered, Response>(
  truthOf: (events: ReadonlyMap<number, Event>) => Promise<Pick<Oracle, "readings" | "counts">>,
  gateway: Pick<FaultyGateway, "readings">,
): Ledger<Event, Response> {
  const events = new Map<number, Event>();
  const responses: Response[] = [];
  const inOutage = new Map<string, ReadonlyMap<string, number>>();
  let next = FIRST_UNPLANNED;
  const endings: Record<string, number> & Record<"inOutage" | "cutShort", number> = {
    inOutage: 0,
    cutShort: 0,
  };

  const truth = () => truthOf(events);
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
      endings[fault] = (endings[fault] ?? 0) + 1;
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
