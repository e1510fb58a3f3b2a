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
 * What can happen to pushes for a while. `outage`: during the fault, an environment may end without having had a
 * push that could succeed.
 */
export const GATEWAY_FAULTS = {
  /** Nothing listens. */
  "gateway-down": { outage: true },
  /** Answers take about as long as the flush timeout. */
  "gateway-slow": { outage: true },
  /** Connections are accepted, but nothing is answered. */
  "gateway-hangs": { outage: true },
  /** Answers 500, 503 and 429, and 502 as a proxy does after its gateway has applied the push. */
  "gateway-5xx": { outage: true },
  /** SIGTERM, then a restart with the same persistence file. */
  "gateway-restart": { outage: false },
  /** The connection is cut before the push is applied, after it, or in the middle of the answer. */
  reset: { outage: true },
  /** The answer is lost, and the push is applied late, after newer ones. */
  late: { outage: true },
  /** The server closes its connections during the freeze. */
  stale: { outage: false },
  /** From a freeze on, kept connections swallow everything and never answer; new ones work. */
  blackhole: { outage: false },
} as const;

/** What can happen to environments between their invocations. */
export const ENVIRONMENT_FAULTS = [
  /** An environment is shut down, with notice if it is registered. */
  "shutdown",
  /** As above, and environments that start later find its files. */
  "reuse",
] as const;

export type GatewayFault = keyof typeof GATEWAY_FAULTS;
export type EnvironmentFault = (typeof ENVIRONMENT_FAULTS)[number];

export const ALL_FAULTS: readonly string[] = [
  ...Object.keys(INVOCATION_FAULTS),
  ...Object.keys(GATEWAY_FAULTS),
  ...ENVIRONMENT_FAULTS,
];

/** Parses `all`, `none`, or comma-separated names. @throws Error that lists the valid names if one is unknown */
export function parseFaults(list: string): ReadonlySet<string> {
  if (list === "all") return new Set(ALL_FAULTS);
  if (list === "none") return new Set();
  const names = list.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!ALL_FAULTS.includes(name))
      throw new Error(`--faults: "${name}" is none of ${ALL_FAULTS.join(", ")}, all and none`);
  }
  return new Set(names);
}
