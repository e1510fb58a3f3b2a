/** What can happen in an invocation. */
export type InvocationKind =
  | "throw"
  | "timeout"
  | "blocked"
  | "exit"
  | "uncaught"
  | "killed"
  | "killedAfter";

/** The kinds of each fault, and the share of all invocations that each kind affects. */
export const INVOCATION_FAULTS: Readonly<
  Record<string, { readonly kinds: readonly InvocationKind[]; readonly part: number }>
> = {
  /** The handler throws. */
  throw: { kinds: ["throw"], part: 0.05 },
  /** The handler runs past the function's timeout: it waits, or it blocks the event loop. */
  timeout: { kinds: ["timeout", "blocked"], part: 0.005 },
  /** The handler ends the process, by `process.exit()` or by an uncaught error. */
  crash: { kinds: ["exit", "uncaught"], part: 0.015 },
  /** The process is killed, as if memory ran out: in the handler, or just after the answer. */
  killed: { kinds: ["killed", "killedAfter"], part: 0.015 },
};

/**
 * What can happen to pushes on the network for a while. `outage`: during the fault, an environment may end without
 * having had a push that could succeed.
 */
const NETWORK_FAULTS = {
  /** Nothing listens. */
  "gateway-down": { outage: true },
  /** Answers take about as long as the flush timeout. */
  "gateway-slow": { outage: true },
  /** Connections are accepted, but nothing is answered. */
  "gateway-hangs": { outage: true },
  /** Answers 500, 503 and 429, and 502 as a proxy does after its gateway has applied the push. */
  "gateway-5xx": { outage: true },
  /** The connection is cut before the push is applied, after it, or in the middle of the answer. */
  reset: { outage: true },
  /** The answer is lost, and the push is applied late, after newer ones. */
  late: { outage: true },
  /** The server closes its connections during the freeze. */
  stale: { outage: false },
  /** From a freeze on, kept connections swallow everything and never answer; new ones work. */
  blackhole: { outage: false },
} as const;

/** What can happen to a gateway that the instances push to. */
const DIRECT_FAULTS = {
  /** SIGTERM, then a restart with the same persistence file. */
  "gateway-restart": { outage: false },
} as const;

/** What can happen to an aggregator, to the gateway behind it, and to the Prometheus that scrapes that. */
const AGGREGATOR_FAULTS = {
  /** SIGKILL among the pushes, then a restart with the same state. */
  "aggregator-restart": { outage: false },
  /** SIGKILL, then a restart without any state. */
  "aggregator-state-lost": { outage: false },
  /** Each push goes to one of two aggregators, as behind a list of addresses. */
  "aggregator-spread": { outage: false },
  /** The same, and some answers are lost: what is then counted twice, the run must report as undecided. */
  "aggregator-in-doubt": { outage: true },
  /** SIGKILL of the gateway behind the aggregator, which starts again without any group, as the shipped one does. */
  "gateway-killed": { outage: false },
  /** A scrape of the gateway hangs, and fails. */
  "scrape-hangs": { outage: false },
  /** Prometheus is down for a while. */
  "prometheus-down": { outage: false },
} as const;

/** What can happen to aggregator objects on Workers, and to the RPCs that bring pushes to them. */
const OBJECT_FAULTS = {
  /** The runtime evicts the objects among the pushes. */
  "object-evicted": { outage: false },
  /** The storage of the objects of a process is wiped. */
  "object-wiped": { outage: false },
  /** The answer of an RPC is lost, before it is applied or after. */
  "rpc-lost": { outage: false },
  /** An RPC is made twice, at once or after newer ones. */
  "rpc-repeated": { outage: false },
} as const;

/** Everything that can happen between the instances and Prometheus. */
export const GATEWAY_FAULTS = {
  ...NETWORK_FAULTS,
  ...DIRECT_FAULTS,
  ...AGGREGATOR_FAULTS,
  ...OBJECT_FAULTS,
} as const;

/**
 * Faults before which nothing may be in doubt. A push in doubt at one aggregator whose next one meets another, or a lost
 * state, is counted twice, and nobody can decide it.
 */
const DECISIVE_FAULTS: ReadonlySet<string> = new Set([
  "aggregator-state-lost",
  "aggregator-spread",
]);

/** Faults that a series must not be born in: if nobody scrapes its zeros, `increase` cannot see its first value. */
export const BLIND_FAULTS: ReadonlySet<string> = new Set(["scrape-hangs", "prometheus-down"]);

/** What can happen to environments between their invocations. */
export const ENVIRONMENT_FAULTS = [
  /** An environment is shut down, with notice if it is registered. */
  "shutdown",
  /** As above, and environments that start later find its files. */
  "reuse",
] as const;

export type NetworkFault = keyof typeof NETWORK_FAULTS;
export type AggregatorFault = keyof typeof AGGREGATOR_FAULTS;
export type ObjectFault = keyof typeof OBJECT_FAULTS;
export type ReceiverFault = keyof typeof DIRECT_FAULTS | AggregatorFault | ObjectFault;
export type GatewayFault = NetworkFault | ReceiverFault;
export type EnvironmentFault = (typeof ENVIRONMENT_FAULTS)[number];

export function isObjectFault(fault: GatewayFault): fault is ObjectFault {
  return Object.hasOwn(OBJECT_FAULTS, fault);
}

/** Whether a fault is one of what receives the pushes, and not of the network before it. */
export function isReceiverFault(fault: GatewayFault): fault is ReceiverFault {
  return !Object.hasOwn(NETWORK_FAULTS, fault);
}

/** Whether everything must be pushed before a fault: nothing may be in doubt, and no series may be waiting to be born. */
export function needsCalm(fault: GatewayFault): boolean {
  return DECISIVE_FAULTS.has(fault) || BLIND_FAULTS.has(fault);
}

/** Where the pushes of a run go: to a gateway, or to an aggregator before it. */
export type Target = "gateway" | "aggregator";

/** All faults of a run. */
export function allFaults(target: Target = "gateway"): readonly string[] {
  return [
    ...Object.keys(INVOCATION_FAULTS),
    ...Object.keys(NETWORK_FAULTS),
    ...Object.keys(target === "gateway" ? DIRECT_FAULTS : AGGREGATOR_FAULTS),
    ...ENVIRONMENT_FAULTS,
  ];
}

/** Parses `all`, `none`, or comma-separated names. @throws Error that lists the valid names if one is unknown */
export function parseFaults(list: string, target: Target = "gateway"): ReadonlySet<string> {
  return chosenFaults(list, allFaults(target));
}

/** @param all the valid names */
export function chosenFaults(list: string, all: readonly string[]): ReadonlySet<string> {
  // What nobody can decide must be asked for.
  if (list === "all") return new Set(all.filter((name) => name !== "aggregator-in-doubt"));
  if (list === "none") return new Set();
  const names = list.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!all.includes(name))
      throw new Error(`--faults: "${name}" is none of ${all.join(", ")}, all and none`);
  }
  return new Set(names);
}
