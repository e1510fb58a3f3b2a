import { type BenchFigure, limited, unlimited } from "../figure.js";
import { median } from "../quantile.js";
import type { LambdaRun } from "./bench-function.js";
import type { CpuReport } from "./functions/cpu-report.js";
import { inTurns, sidesOf } from "./in-turns.js";

const FUNCTIONS = ["before-returning", "put", "after-response", "put-registered"] as const;

type Name = (typeof FUNCTIONS)[number];
type Us = Record<Name, number[]>;

/** With its limit: the goal where it is met, else 3 % over the larger ratio of Node 20 and 24. */
const MODES = [
  { mode: "before_returning", ours: "before-returning", bare: "put", limit: 1.1, early: 1.2 },
  {
    mode: "after_response",
    ours: "after-response",
    bare: "put-registered",
    limit: 1.1,
    early: 1.2,
  },
] as const;

/**
 * CPU time of a function's whole process per invocation, thaw and runtime client included: with prefreeze and
 * five recordings, and with nothing but a bare PUT of the same bytes. `early` are the first 200 invocations of an
 * environment, which most never outlive, without its start.
 *
 * @param env variables of all functions; their gateway answers at once
 */
export async function cpuFigures(
  run: LambdaRun,
  env: Record<string, string>,
): Promise<readonly BenchFigure[]> {
  const { warmUp, block, blocks, environments } = run.quick
    ? { warmUp: 20, block: 40, blocks: 1, environments: 1 }
    : { warmUp: 400, block: 200, blocks: 5, environments: 7 };
  const steady = await usOf(run, env, { warmUp, block, blocks });
  const early: Us[] = [];
  for (let n = 0; n < environments; n++)
    early.push(await usOf(run, env, { warmUp: 0, block, blocks: 1 }));
  return MODES.flatMap(({ mode, ours, bare, ...limits }) => {
    const figure = `lambda_cpu_per_pushed_invocation_${mode}`;
    const [own, others] = [steady[ours], steady[bare]];
    const [ownEarly, othersEarly] = [ours, bare].map((name) => early.flatMap((us) => us[name]));
    return [
      limited(`${figure}_ratio`, ratio(own, others), "x", "<=", limits.limit),
      limited(`${figure}_early_ratio`, ratio(ownEarly!, othersEarly!), "x", "<=", limits.early),
      unlimited(`${figure}_prefreeze`, median(own), "us"),
      unlimited(`${figure}_node_http`, median(others), "us"),
      unlimited(`${figure}_early_prefreeze`, median(ownEarly!), "us"),
      unlimited(`${figure}_early_node_http`, median(othersEarly!), "us"),
    ];
  });
}

function ratio(own: readonly number[], others: readonly number[]): number {
  return median(own.map((us, n) => us / others[n]!));
}

/** The CPU time of an invocation in each of some blocks, in new environments. */
async function usOf(
  run: LambdaRun,
  env: Record<string, string>,
  { warmUp, block, blocks }: Readonly<Record<"warmUp" | "block" | "blocks", number>>,
): Promise<Us> {
  const answers = await inTurns<CpuReport, Name>(run, sidesOf(FUNCTIONS, env), {
    warmUp,
    // Each invocation returns the CPU time of the one before.
    rounds: block * blocks + 1,
  });
  const ofBlocks = (name: Name) =>
    Array.from({ length: blocks }, (_, n) => {
      const [start, end] = [answers[name][n * block]!, answers[name][(n + 1) * block]!];
      return (end.result.cpuUs - start.result.cpuUs) / block;
    });
  return Object.fromEntries(FUNCTIONS.map((name) => [name, ofBlocks(name)])) as Us;
}
