/** What happens in an invocation. */
export type InvocationKind =
  | "throw"
  | "timeout"
  | "blocked"
  | "exit"
  | "uncaught"
  | "killed"
  | "killedAfter";

/** The kinds of each fault, and the part of all invocations that one kind strikes. */
export const INVOCATION_FAULTS: Readonly<
  Record<string, { readonly kinds: readonly InvocationKind[]; readonly part: number }>
> = {
  /** The handler throws. */
  throw: { kinds: ["throw"], part: 0.05 },
  /** It goes on beyond the function's timeout: waiting, or in a call that blocks the event loop. */
  timeout: { kinds: ["timeout", "blocked"], part: 0.005 },
  /** It ends the process: by `process.exit()`, or with an error that nobody catches. */
  crash: { kinds: ["exit", "uncaught"], part: 0.015 },
  /** The process is killed, as for lack of memory: in mid-handler, or when the answer has just been seen. */
  killed: { kinds: ["killed", "killedAfter"], part: 0.015 },
};

/**
 * What happens to pushes, for a while. With `outage`, an environment can have come to its end in it without
 * having had a push that could land.
 */
export const GATEWAY_FAULTS = {
  /** Nobody listens. */
  "gateway-down": { outage: true },
  /** Answers take about as long as a push has. */
  "gateway-slow": { outage: true },
  /** Connections are accepted, and nothing is answered. */
  "gateway-hangs": { outage: true },
  /** 500, 503 and 429, and 502 of a proxy whose gateway has applied the push. */
  "gateway-5xx": { outage: true },
  /** SIGTERM, and another start with the same persistence file. */
  "gateway-restart": { outage: false },
  /** The connection is cut: before the push was applied, after it, or in mid-answer. */
  reset: { outage: true },
  /** The answer is lost, and the push applied later, when newer ones have been. */
  late: { outage: true },
  /** In the freeze, the server closes its connections. */
  stale: { outage: false },
  /** From a freeze on, kept connections take everything and never answer; new ones work. */
  blackhole: { outage: false },
} as const;

/** What happens to environments between their invocations. */
export const ENVIRONMENT_FAULTS = [
  /** An environment is shut down: with notice where it is registered, else without. */
  "shutdown",
  /** The same, and those that start later find its files. */
  "reuse",
] as const;

export type GatewayFault = keyof typeof GATEWAY_FAULTS;
export type EnvironmentFault = (typeof ENVIRONMENT_FAULTS)[number];

export const ALL_FAULTS: readonly string[] = [
  ...Object.keys(INVOCATION_FAULTS),
  ...Object.keys(GATEWAY_FAULTS),
  ...ENVIRONMENT_FAULTS,
];

/** `all`, `none`, or names with commas between them. @throws Error that names what is none */
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
