import { type BenchFigure, limited, unlimited } from "../figure.js";
import { median } from "../quantile.js";
import type { LambdaRun } from "./bench-function.js";
import type { CpuReport } from "./functions/cpu-report.js";
import { inTurns, sidesOf } from "./in-turns.js";

const FUNCTIONS = ["before-returning", "put", "after-response", "put-registered"] as const;

/**
 * CPU time of a function's whole process per invocation, thaw and runtime client included: with prefreeze and
 * five recordings, and with nothing but a bare PUT of the same bytes.
 *
 * @param env variables of all functions; their gateway answers at once
 */
export async function cpuFigures(
  run: LambdaRun,
  env: Record<string, string>,
): Promise<readonly BenchFigure[]> {
  const { warmUp, block, blocks } = run.quick
    ? { warmUp: 20, block: 40, blocks: 1 }
    : { warmUp: 400, block: 200, blocks: 5 };
  const sides = sidesOf(FUNCTIONS, env);
  const answers = await inTurns<CpuReport, (typeof FUNCTIONS)[number]>(run, sides, {
    warmUp,
    // Each invocation returns the CPU time of the one before.
    rounds: block * blocks + 1,
  });
  const usOf = (name: keyof typeof answers) =>
    Array.from({ length: blocks }, (_, n) => {
      const [start, end] = [answers[name][n * block]!, answers[name][(n + 1) * block]!];
      return (end.result.cpuUs - start.result.cpuUs) / block;
    });
  return [
    ["before_returning", "before-returning", "put"] as const,
    ["after_response", "after-response", "put-registered"] as const,
  ].flatMap(([mode, ours, bare]) => {
    const [own, others] = [usOf(ours), usOf(bare)];
    const figure = `lambda_cpu_per_pushed_invocation_${mode}`;
    const ratio = median(own.map((us, n) => us / others[n]!));
    return [
      // A guard against growth: 3 % over the largest ratio of both modes, on Node 20 and 24.
      limited(`${figure}_ratio`, ratio, "x", "<=", 1.52),
      unlimited(`${figure}_prefreeze`, median(own), "us"),
      unlimited(`${figure}_node_http`, median(others), "us"),
    ];
  });
}
