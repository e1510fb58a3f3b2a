import { type BenchFunction, type LambdaRun, startFunction } from "./bench-function.js";

type Answered<T> = Awaited<ReturnType<BenchFunction<T>["invoke"]>>;

/**
 * Invokes functions by turns, so that all have the machine's mood in common; each time another goes first.
 *
 * @returns what each function answered, in the order of the rounds
 */
export async function inTurns<T, N extends string>(
  run: LambdaRun,
  names: readonly N[],
  env: Record<string, string>,
  { warmUp, rounds }: { readonly warmUp: number; readonly rounds: number },
): Promise<Record<N, Answered<T>[]>> {
  const sides: { name: N; started: BenchFunction<T> }[] = [];
  const answers = Object.fromEntries(names.map((name) => [name, [] as Answered<T>[]]));
  try {
    for (const name of names) sides.push({ name, started: await startFunction<T>(run, name, env) });
    for (let round = -warmUp; round < rounds; round++) {
      for (const turn of sides.keys()) {
        const { name, started } = sides[(turn + round + warmUp) % sides.length]!;
        const answered = await started.invoke();
        if (round >= 0) answers[name]!.push(answered);
      }
    }
  } finally {
    await Promise.all(sides.map(({ started }) => started.stop()));
  }
  return answers as Record<N, Answered<T>[]>;
}
