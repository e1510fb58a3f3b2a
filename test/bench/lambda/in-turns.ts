import { type BenchFunction, type LambdaRun, startFunction } from "./bench-function.js";

/** A measured function and its variables. */
export interface Side {
  /** The function's file. */
  readonly name: string;
  readonly env: Record<string, string>;
}

type Answered<T> = Awaited<ReturnType<BenchFunction<T>["invoke"]>>;

/** Functions by name, all with the same variables. */
export function sidesOf<N extends string>(
  names: readonly N[],
  env: Record<string, string>,
): Record<N, Side> {
  return Object.fromEntries(names.map((name) => [name, { name, env }])) as unknown as Record<
    N,
    Side
  >;
}

/**
 * Invokes functions in turns, so that all find the machine equally busy. Each time another one goes first.
 *
 * @returns the answers of each function, in the order of the rounds
 */
export async function inTurns<T, N extends string>(
  run: LambdaRun,
  sides: Record<N, Side>,
  { warmUp, rounds }: { readonly warmUp: number; readonly rounds: number },
): Promise<Record<N, Answered<T>[]>> {
  const started: { answers: Answered<T>[]; function: BenchFunction<T> }[] = [];
  const answers = {} as Record<N, Answered<T>[]>;
  try {
    for (const key of Object.keys(sides) as N[]) {
      const { name, env } = sides[key];
      answers[key] = [];
      started.push({
        answers: answers[key],
        function: await startFunction<T>(run, name, env),
      });
    }
    for (let round = -warmUp; round < rounds; round++) {
      for (const turn of started.keys()) {
        const side = started[(turn + round + warmUp) % started.length]!;
        const answered = await side.function.invoke();
        if (round >= 0) side.answers.push(answered);
      }
    }
  } finally {
    await Promise.all(started.map((side) => side.function.stop()));
  }
  return answers;
}
