import {
  BLIND_FAULTS,
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
  /** Afterwards, an environment begins for the last of these invocations, and ends. */
  readonly oneShot: readonly OrderEvent[];
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
  /** Environments end and begin after every phase, also without faults, and some are invoked once. Default: false. */
  readonly churn?: boolean;
}

/** Invocations per environment and phase, roughly, if there are enough. */
const INVOCATIONS_PER_ENVIRONMENT = 4;
/** Long enough for each of the concurrent invocations to need an environment of its own. */
const ONE_SHOT_RUN_MS = 150;
/** Kinds that take the function's whole timeout, so they share as few phases as possible. */
const LONG: ReadonlySet<InvocationKind> = new Set(["timeout", "blocked"]);

/**
 * Makes all decisions that depend on the seed. In a plan of at least a hundred invocations, each kind of each fault
 * occurs at least once, and each kind of invocation fault in each function.
 */
export function planOf(options: PlanOptions, random: Random): Phase[] {
  const { functions, environments, invocations, faults, churn = false } = options;
  const gatewayDeck = gatewayFaultsIn(faults, random);
  const endingDeck = endingsIn(faults, random);
  const wanted = Math.ceil(invocations / (INVOCATIONS_PER_ENVIRONMENT * environments));
  const count = Math.min(invocations, Math.max(wanted, gatewayDeck.length, endingDeck.length));
  const phases = Array.from({ length: count }, (_, i): Phase & { events: OrderEvent[][] } => {
    const gatewayFault = gatewayDeck[i % gatewayDeck.length];
    const fault = endingDeck[i % endingDeck.length] ?? (churn ? "shutdown" : undefined);
    const of = random.between(0, functions - 1);
    return {
      gatewayFault,
      faultEndsAfterMs: gatewayFault && random.chance(0.4) ? random.between(50, 500) : undefined,
      events: Array.from({ length: functions }, () => []),
      ending: fault && { fault, of, from: random.next() },
      oneShot: [],
    };
  });
  for (let id = 0; id < invocations; id++)
    (id < count ? phases[id]! : random.oneOf(phases)).events[id % functions]!.push(
      eventOf(id, random),
    );
  const shuffled = random.shuffled(phases);
  const blind = phases.filter(isBlind);
  if (blind.length === 0) {
    strikeAll(shuffled, options, random);
    return churn ? withOneShots(phases, options, random) : phases;
  }
  // A series that is born while nobody scrapes is not seen as zero, so everything occurs before.
  const before = phases.filter((phase) => !isBlind(phase) && phase.gatewayFault !== undefined);
  const quiet = phases.filter(({ gatewayFault }) => gatewayFault === undefined);
  strikeAll(random.shuffled(before), options, random);
  const ordered = [...before, ...quiet.slice(0, 1), ...blind, ...quiet.slice(1)];
  return churn ? withOneShots(ordered, options, random) : ordered;
}

function isBlind({ gatewayFault }: Phase): boolean {
  return gatewayFault !== undefined && BLIND_FAULTS.has(gatewayFault);
}

function strikeAll(
  phases: readonly { readonly events: OrderEvent[][] }[],
  { functions, faults }: PlanOptions,
  random: Random,
): void {
  for (let index = 0; index < functions; index++)
    strike(
      phases.map(({ events }) => events[index]!),
      faults,
      random,
    );
}

/** Each third phase has one. Its invocations come in addition to those that were asked for. */
function withOneShots(
  phases: readonly Phase[],
  { functions, environments, invocations }: PlanOptions,
  random: Random,
): Phase[] {
  const each = Math.ceil(environments / functions);
  let id = invocations;
  return phases.map((phase, index) => {
    if (index % 3 !== 0 || phase.ending === undefined) return phase;
    const oneShot = Array.from({ length: each }, () => ({
      ...eventOf(id++, random),
      runMs: ONE_SHOT_RUN_MS,
    }));
    return { ...phase, oneShot };
  });
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
