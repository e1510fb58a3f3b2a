import {
  ENVIRONMENT_FAULTS,
  type EnvironmentFault,
  GATEWAY_FAULTS,
  type GatewayFault,
  INVOCATION_FAULTS,
  type InvocationKind,
} from "./faults.js";
import type { OrderEvent } from "./function/order.js";
import type { Random } from "./random.js";

/** Invocations between two moments at which all environments are frozen. */
export interface Phase {
  readonly gatewayFault: GatewayFault | undefined;
  /** When the gateway's fault ends, after the start of the phase; undefined: with the phase. */
  readonly faultEndsAfterMs: number | undefined;
  /** For each function. */
  readonly events: readonly (readonly OrderEvent[])[];
  /** How an environment is destroyed afterwards. */
  readonly ending: Ending | undefined;
}

interface Ending {
  readonly fault: EnvironmentFault;
  /** Index of the function. */
  readonly of: number;
  /** Which environment to choose, as a fraction of those that can be destroyed: at least 0, below 1. */
  readonly from: number;
}

export interface PlanOptions {
  readonly functions: number;
  readonly environments: number;
  readonly invocations: number;
  readonly faults: ReadonlySet<string>;
}

/** Invocations per environment and phase, roughly, if there are enough. */
const INVOCATIONS_PER_ENVIRONMENT = 4;
/** Kinds that take the function's whole timeout, so they share as few phases as possible. */
const LONG: ReadonlySet<InvocationKind> = new Set(["timeout", "blocked"]);

/**
 * Makes all decisions that depend on the seed. In a plan of at least a hundred invocations, each kind of each fault
 * occurs at least once, and each kind of invocation fault in each function.
 */
export function planOf(options: PlanOptions, random: Random): Phase[] {
  const { functions, environments, invocations, faults } = options;
  const gatewayDeck = gatewayFaultsIn(faults, random);
  const endingDeck = endingsIn(faults, random);
  const wanted = Math.ceil(invocations / (INVOCATIONS_PER_ENVIRONMENT * environments));
  const count = Math.min(invocations, Math.max(wanted, gatewayDeck.length, endingDeck.length));
  const phases = Array.from({ length: count }, (_, i): Phase & { events: OrderEvent[][] } => {
    const gatewayFault = gatewayDeck[i % gatewayDeck.length];
    const fault = endingDeck[i % endingDeck.length];
    const of = random.between(0, functions - 1);
    return {
      gatewayFault,
      faultEndsAfterMs: gatewayFault && random.chance(0.4) ? random.between(50, 500) : undefined,
      events: Array.from({ length: functions }, () => []),
      ending: fault && { fault, of, from: random.next() },
    };
  });
  for (let id = 0; id < invocations; id++)
    (id < count ? phases[id]! : random.oneOf(phases)).events[id % functions]!.push(
      eventOf(id, random),
    );
  const shuffled = random.shuffled(phases);
  for (let index = 0; index < functions; index++)
    strike(
      shuffled.map(({ events }) => events[index]!),
      faults,
      random,
    );
  return phases;
}

/** An order without a fault. */
export function eventOf(id: number, random: Random): OrderEvent {
  return {
    id,
    plan: random.oneOf(["free", "pro"]),
    amount: random.between(1, 200),
    runMs: random.chance(0.2) ? random.between(1, 30) : 0,
  };
}

/** Each fault once, and some phases without any. */
function gatewayFaultsIn(
  faults: ReadonlySet<string>,
  random: Random,
): readonly (GatewayFault | undefined)[] {
  const chosen = (Object.keys(GATEWAY_FAULTS) as GatewayFault[]).filter((name) => faults.has(name));
  const quiet = Array.from({ length: Math.ceil(chosen.length / 2) }, () => undefined);
  return random.shuffled([...chosen, ...quiet]);
}

/** An environment is destroyed after a fifth of the phases. */
function endingsIn(
  faults: ReadonlySet<string>,
  random: Random,
): readonly (EnvironmentFault | undefined)[] {
  const chosen = ENVIRONMENT_FAULTS.filter((name) => faults.has(name));
  return random.shuffled([
    ...chosen,
    ...Array.from({ length: 4 * chosen.length }, () => undefined),
  ]);
}

/** Assigns faults to some events of a function. */
function strike(phases: OrderEvent[][], faults: ReadonlySet<string>, random: Random): void {
  const total = phases.flat().length;
  for (const [name, { kinds, part }] of Object.entries(INVOCATION_FAULTS)) {
    if (!faults.has(name)) continue;
    for (const kind of kinds) {
      const count = Math.max(1, Math.round(total * part));
      for (let i = 0; i < count; i++) {
        const withoutFault = phases.filter((events) => events.some(hasNoFault));
        if (withoutFault.length === 0) return;
        const events = LONG.has(kind)
          ? withoutFault[i % withoutFault.length]!
          : random.oneOf(withoutFault);
        const struck = random.oneOf(events.filter(hasNoFault));
        events[events.indexOf(struck)] = { ...struck, kind };
      }
    }
  }
}

function hasNoFault({ kind }: OrderEvent): boolean {
  return kind === undefined;
}
