import type { GatewayFault } from "../faults.js";
import { eventOf } from "../plan.js";
import type { Random } from "../random.js";
import { CALL_FAULTS, RESTART } from "./faults.js";
import type { OrderKind, Way, WorkerOrder } from "./function/order.js";

/** Calls between two moments at which nothing is called. */
export interface WorkersPhase {
  readonly fault: GatewayFault | undefined;
  /** When the fault ends, after the start of the phase; undefined: with the phase. */
  readonly faultEndsAfterMs: number | undefined;
  /** For each process. */
  readonly orders: readonly (readonly WorkerOrder[])[];
  /** The process that is restarted afterwards. */
  readonly restarted: number | undefined;
}

export interface WorkersPlanOptions {
  readonly processes: number;
  readonly invocations: number;
  readonly ways: readonly Way[];
  readonly faults: ReadonlySet<string>;
  readonly gatewayFaults: readonly GatewayFault[];
}

const ORDERS_PER_PHASE = 200;
/** A process is restarted after a fourth of the phases. */
const RESTART_EVERY = 4;

/** Makes all decisions that depend on the seed. Each fault occurs at least once, and each way of calling in each phase. */
export function planOf(options: WorkersPlanOptions, random: Random): WorkersPhase[] {
  const { processes, invocations, faults } = options;
  const deck = deckOf(options, random);
  const count = Math.max(Math.ceil(invocations / ORDERS_PER_PHASE), deck.length);
  const orders = ordersOf(options, random);
  return Array.from({ length: count }, (_, i) => {
    const fault = deck[i % deck.length];
    const own = orders.filter((_order, index) => index % count === i);
    const restarts = faults.has(RESTART) && i % RESTART_EVERY === RESTART_EVERY - 1;
    return {
      fault,
      faultEndsAfterMs: fault && random.chance(0.4) ? random.between(50, 500) : undefined,
      orders: Array.from({ length: processes }, (_process, of) =>
        own.filter((_order, index) => index % processes === of),
      ),
      restarted: restarts ? random.between(0, processes - 1) : undefined,
    };
  });
}

/** Each fault once, and some phases without any. */
function deckOf(
  { faults, gatewayFaults }: WorkersPlanOptions,
  random: Random,
): readonly (GatewayFault | undefined)[] {
  const chosen = gatewayFaults.filter((name) => faults.has(name));
  const quiet = Array.from({ length: Math.max(1, Math.ceil(chosen.length / 2)) }, () => undefined);
  return random.shuffled([...chosen, ...quiet]);
}

function ordersOf(
  { invocations, ways, faults }: WorkersPlanOptions,
  random: Random,
): readonly WorkerOrder[] {
  return random.shuffled(
    Array.from({ length: invocations }, (_, id): WorkerOrder => {
      const way = ways[id % ways.length]!;
      const { plan, amount, runMs } = eventOf(id, random);
      const kind = kindOf(way, Math.floor(id / ways.length), faults, random);
      return { id, plan, amount, runMs, way, ...(kind && { kind }) };
    }),
  );
}

/** @param turn the first calls of each way have one fault each, so that each fault occurs */
function kindOf(
  way: Way,
  turn: number,
  faults: ReadonlySet<string>,
  random: Random,
): OrderKind | undefined {
  const possible = (Object.keys(CALL_FAULTS) as OrderKind[]).filter((kind) => {
    const { ways } = CALL_FAULTS[kind];
    return faults.has(kind) && (ways === "all" || ways.includes(way));
  });
  if (turn < possible.length) return possible[turn];
  let share = random.next();
  return possible.find((kind) => (share -= CALL_FAULTS[kind].part) < 0);
}
