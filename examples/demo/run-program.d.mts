export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string },
): Promise<{ readonly failure: string | undefined; readonly output: string }>;
export function lastLines(output: string, count: number): string;
