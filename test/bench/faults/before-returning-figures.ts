import { type BenchFigure, limited, unlimited } from "../figure.js";
import type { BenchCall, LambdaRun } from "../lambda/bench-function.js";
import type { Side } from "../lambda/in-turns.js";
import { type BrokenGateways, type Fault, FAULTS } from "./broken-gateways.js";
import { type Pace, sideBySide } from "./side-by-side.js";

/** The functions that wait for their push, by their names in the figures. */
const PEERS = {
  prom_client: "prom-client",
  opentelemetry: "opentelemetry-push",
  sentry: "sentry-flush",
  datadog: "datadog-flush",
} as const;

type Peer = keyof typeof PEERS;

/** The average time that prefreeze adds to a call if it flushes before returning, with default settings. */
export async function beforeReturningFigures(
  run: LambdaRun,
  { envOf }: BrokenGateways,
  pace: Pace,
): Promise<readonly BenchFigure[]> {
  const sides = { bare: BARE } as Record<"bare" | Fault, Side>;
  for (const fault of FAULTS) sides[fault] = { name: "before-returning", env: envOf(fault) };
  const calls = await sideBySide(run, sides, pace);
  return FAULTS.map((fault) => {
    const failed = calls[fault].find((call) => call.failed);
    if (failed) throw new Error(`${fault}: the function failed: ${failed.payload}`);
    return {
      ...limited(
        `${fault}_before_returning_average`,
        added(calls[fault], calls.bare),
        "ms",
        "<=",
        20,
      ),
      calls: calls[fault].length,
    };
  });
}

/** The average time that the peers add to a call. They are called for a shorter time. */
export async function peerFigures(
  run: LambdaRun,
  { envOf }: BrokenGateways,
  faults: readonly Fault[],
  pace: Pace,
): Promise<readonly BenchFigure[]> {
  const pairs = faults.flatMap((fault) =>
    (Object.keys(PEERS) as Peer[]).map((peer) => ({
      fault,
      peer,
      key: `${fault}_${peer}` as const,
    })),
  );
  const sides: Record<string, Side> = { bare: BARE };
  for (const { fault, peer, key } of pairs) sides[key] = { name: PEERS[peer], env: envOf(fault) };
  const calls = await sideBySide(run, sides, pace);
  return pairs.map(({ key }) => ({
    ...unlimited(`${key}_average`, added(calls[key]!, calls["bare"]!), "ms"),
    calls: calls[key]!.length,
    failed: calls[key]!.filter(({ failed }) => failed).length,
  }));
}

const BARE: Side = { name: "bare", env: {} };

function added(own: readonly BenchCall[], bare: readonly BenchCall[]): number {
  return average(own) - average(bare);
}

function average(calls: readonly BenchCall[]): number {
  return calls.reduce((sum, { responseMs }) => sum + responseMs, 0) / calls.length;
}
