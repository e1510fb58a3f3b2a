import { BLIND_FAULTS, type GatewayFault } from "../faults.js";
import { eventOf } from "../plan.js";
import type { Random } from "../random.js";
import {
  gatewayFaultsOf,
  PROCESS_FAULTS,
  type ProcessFault,
  REQUEST_FAULTS,
  type ServersThrough,
} from "./faults.js";
import type { OrderKind, WebOrder } from "./order.js";

/** Requests between two moments at which there are none. */
export interface ServersPhase {
  readonly fault: GatewayFault | undefined;
  /** When the fault ends, after the start of the phase; undefined: with the phase. */
  readonly faultEndsAfterMs: number | undefined;
  /** By shape. */
  readonly orders: ReadonlyMap<string, readonly WebOrder[]>;
  /** What happens to a process halfway. */
  readonly ending: Ending | undefined;
}

export interface Ending {
  readonly fault: ProcessFault;
  readonly shape: string;
  /** Which process, as a fraction of those that run: at least 0, below 1. */
  readonly from: number;
}

/** The servers of a platform, and what can happen to the requests of each. */
export type Shapes = Readonly<Record<string, readonly OrderKind[]>>;

export interface ServersPlanOptions {
  readonly shapes: Shapes;
  readonly invocations: number;
  readonly faults: ReadonlySet<string>;
  readonly through: ServersThrough;
}

const ORDERS_PER_PHASE = 100;
/** A process ends in each second phase. */
const ENDS_EVERY = 2;

/** Makes all decisions that depend on the seed. Each fault occurs at least once, and each shape in each phase. */
export function planOf(options: ServersPlanOptions, random: Random): ServersPhase[] {
  const { shapes, invocations, faults } = options;
  const deck = deckOf(options, random);
  const endings = PROCESS_FAULTS.filter((fault) => faults.has(fault));
  const count = Math.max(
    Math.ceil(invocations / ORDERS_PER_PHASE),
    deck.length,
    ENDS_EVERY * endings.length,
  );
  const orders = ordersOf(options, random);
  return Array.from({ length: count }, (_, i) => {
    const fault = deck[i % deck.length];
    const own = orders.filter((_order, index) => index % count === i);
    const ends = endings.length > 0 && i % ENDS_EVERY === ENDS_EVERY - 1;
    const killsFirst = i === 0 && faults.has("sigkill");
    const ending = (ends || killsFirst) && {
      fault: killsFirst ? "sigkill" : endings[Math.floor(i / ENDS_EVERY) % endings.length]!,
      shape: random.oneOf(shapesToEnd(own, Object.keys(shapes))),
      from: random.next(),
    };
    return {
      fault,
      faultEndsAfterMs: fault && random.chance(0.4) ? random.between(50, 500) : undefined,
      orders: new Map(
        Object.keys(shapes).map((shape) => [
          shape,
          own.filter(
            (order) =>
              order.shape === shape &&
              // Its process would end before it.
              !(ending && ending.shape === shape && order.kind === "timeout"),
          ),
        ]),
      ),
      ending: ending || undefined,
    };
  });
}

/** Without those whose process would end before a request does, if others are left. */
function shapesToEnd(orders: readonly WebOrder[], shapes: readonly string[]): readonly string[] {
  const outlasting = new Set(
    orders.filter(({ kind }) => kind === "timeout").map(({ shape }) => shape),
  );
  const others = shapes.filter((shape) => !outlasting.has(shape));
  return others.length > 0 ? others : shapes;
}

/** Each fault once, and some phases without any: one of them is the first. What nobody scrapes comes last. */
function deckOf(
  { faults, through }: ServersPlanOptions,
  random: Random,
): readonly (GatewayFault | undefined)[] {
  const chosen = gatewayFaultsOf(through).filter((name) => faults.has(name));
  const isBlind = (fault?: GatewayFault) => fault !== undefined && BLIND_FAULTS.has(fault);
  const quiet = Array.from({ length: Math.ceil(chosen.length / 2) }, () => undefined);
  const all = random.shuffled<GatewayFault | undefined>([...chosen, ...quiet]);
  return [undefined, ...all.filter((fault) => !isBlind(fault)), ...all.filter(isBlind)];
}

function ordersOf(
  { shapes, invocations, faults }: ServersPlanOptions,
  random: Random,
): readonly WebOrder[] {
  const names = Object.keys(shapes);
  return random.shuffled(
    Array.from({ length: invocations }, (_, id): WebOrder => {
      const shape = names[id % names.length]!;
      const { plan, amount, runMs } = eventOf(id, random);
      const possible = shapes[shape]!.filter((kind) => faults.has(kind));
      const kind = kindOf(possible, Math.floor(id / names.length), random);
      return { id, plan, amount, runMs, shape, ...(kind && { kind }) };
    }),
  );
}

/** @param turn the first requests of each shape have one fault each, so that each fault occurs */
function kindOf(
  possible: readonly OrderKind[],
  turn: number,
  random: Random,
): OrderKind | undefined {
  if (turn < possible.length) return possible[turn];
  let share = random.next();
  return possible.find((kind) => (share -= REQUEST_FAULTS[kind]) < 0);
}
