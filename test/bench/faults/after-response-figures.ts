import { type BenchFigure, limited } from "../figure.js";
import type { LambdaRun } from "../lambda/bench-function.js";
import type { Told } from "../lambda/functions/told.js";
import { inTurns, type Side } from "../lambda/in-turns.js";
import { median, quantile } from "../quantile.js";
import { type BrokenGateways, type Fault, FAULTS } from "./broken-gateways.js";

/**
 * What prefreeze adds to the response when it flushes after it, over a function with an extension that
 * does nothing.
 *
 * @param rounds calls of each function
 */
export async function afterResponseFigures(
  run: LambdaRun,
  { envOf }: BrokenGateways,
  rounds: number,
): Promise<readonly BenchFigure[]> {
  const sides = { bare: { name: "bare-registered", env: {} } } as Record<"bare" | Fault, Side>;
  for (const fault of FAULTS) sides[fault] = { name: "after-response", env: envOf(fault) };
  const answers = await inTurns<Told, "bare" | Fault>(run, sides, { warmUp: 1, rounds });
  const responsesMs = (side: "bare" | Fault) => answers[side].map(({ responseMs }) => responseMs);
  const bareMs = responsesMs("bare");
  return FAULTS.flatMap((fault) => {
    const own = responsesMs(fault);
    // Two neighbours in time share the machine's mood, so the difference is theirs.
    const p50 = median(own.map((ms, round) => ms - bareMs[round]!));
    const p99 = quantile(own, 0.99) - quantile(bareMs, 0.99);
    return [
      limited(`${fault}_after_response_p50`, p50, "ms", "<=", 1),
      limited(`${fault}_after_response_p99`, p99, "ms", "<=", 1),
    ].map((figure) => ({ ...figure, calls: rounds }));
  });
}
