import { type BenchFigure, limited } from "../figure.js";
import type { LambdaRun } from "../lambda/bench-function.js";
import type { CpuReport } from "../lambda/functions/cpu-report.js";
import { inTurns, type Side } from "../lambda/in-turns.js";
import { median, quantile } from "../quantile.js";
import { type BrokenGateways, type Fault, FAULTS } from "./broken-gateways.js";

/**
 * The time that prefreeze adds to the response if it flushes afterwards, compared with a function whose
 * extension does nothing.
 *
 * @param size the number of calls of each function in a block, and the number of blocks
 */
export async function afterResponseFigures(
  run: LambdaRun,
  { envOf }: BrokenGateways,
  { block, blocks }: { readonly block: number; readonly blocks: number },
): Promise<readonly BenchFigure[]> {
  const sides = { bare: { name: "bare-registered", env: {} } } as Record<"bare" | Fault, Side>;
  for (const fault of FAULTS) sides[fault] = { name: "after-response", env: envOf(fault) };
  const calls = block * blocks;
  const answers = await inTurns<CpuReport, "bare" | Fault>(run, sides, {
    warmUp: 1,
    rounds: calls,
  });
  const responsesMs = (side: "bare" | Fault) => answers[side].map(({ responseMs }) => responseMs);
  const bareMs = responsesMs("bare");
  return FAULTS.flatMap((fault) => {
    const own = responsesMs(fault);
    // Neighbouring calls find the machine equally busy, so the differences are those of the functions.
    const p50 = median(own.map((ms, round) => ms - bareMs[round]!));
    // Some blocks see more hiccups of the machine than others, so the figure is the median of the blocks.
    const p99 = median(
      Array.from({ length: blocks }, (_, n) => {
        const p99Of = (ms: readonly number[]) =>
          quantile(ms.slice(n * block, (n + 1) * block), 0.99);
        return p99Of(own) - p99Of(bareMs);
      }),
    );
    return [
      limited(`${fault}_after_response_p50`, p50, "ms", "<=", 1),
      limited(`${fault}_after_response_p99`, p99, "ms", "<=", 1),
    ].map((figure) => ({ ...figure, calls }));
  });
}
