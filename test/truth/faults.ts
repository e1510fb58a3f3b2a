/** What the handler does in an invocation, and how often, in parts of all invocations. */
export const INVOCATION_FAULTS = {
  /** It throws. */
  throw: 0.05,
  /** It goes on beyond the function's timeout, waiting. */
  timeout: 0.01,
  /** It goes on beyond the function's timeout in a loop that nothing gets into. */
  blocked: 0.005,
  /** It ends the process, by `process.exit()` or an error that nobody catches. */
  crash: 0.02,
  /** The process is killed, as for lack of memory. */
  killed: 0.02,
} as const;

/** What happens to pushes, for a while. */
export const GATEWAY_FAULTS = [
  /** Nobody listens. */
  "gateway-down",
  /** Answers take longer than a push has, or nearly. */
  "gateway-slow",
  /** Connections are accepted, and nothing is answered. */
  "gateway-hangs",
  /** 500, 503 and 429, and 502 of a proxy whose gateway has applied the push. */
  "gateway-5xx",
  /** SIGTERM, and another start with the same persistence file. */
  "gateway-restart",
  /** The connection is cut in mid-push, before or after it was applied. */
  "reset",
  /** The answer is lost, and the push applied later, when newer ones have been. */
  "late",
  /** Between invocations, in the freeze, the server closes its connections. */
  "stale",
  /** From a freeze on, kept connections take everything and never answer; new ones work. */
  "blackhole",
] as const;

/** What happens to environments between their invocations. */
const ENVIRONMENT_FAULTS = [
  /** An environment is shut down: with notice where it is registered, else without. */
  "shutdown",
  /** The same, and the next one that starts finds its files. */
  "reuse",
] as const;

export type InvocationFault = keyof typeof INVOCATION_FAULTS;
export type GatewayFault = (typeof GATEWAY_FAULTS)[number];
type EnvironmentFault = (typeof ENVIRONMENT_FAULTS)[number];
export type Fault = InvocationFault | GatewayFault | EnvironmentFault;

export const ALL_FAULTS: readonly Fault[] = [
  ...(Object.keys(INVOCATION_FAULTS) as InvocationFault[]),
  ...GATEWAY_FAULTS,
  ...ENVIRONMENT_FAULTS,
];

/** `all`, `none`, or names with commas between them. @throws Error that names what is none */
export function parseFaults(list: string): ReadonlySet<Fault> {
  if (list === "all") return new Set(ALL_FAULTS);
  if (list === "none") return new Set();
  const names = list.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!ALL_FAULTS.some((fault) => fault === name))
      throw new Error(`--faults: "${name}" is none of ${ALL_FAULTS.join(", ")}, all and none`);
  }
  return new Set(names as Fault[]);
}
