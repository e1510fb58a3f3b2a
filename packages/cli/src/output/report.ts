/** Prints a line for people who watch the program. */
export function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints why the program could not do what it was asked to, as one line. */
export function reportFailure(reason: string): void {
  process.stderr.write(`prefreeze: ${reason.trim().replaceAll(/\s*\n\s*/g, " ")}\n`);
}

/** A reader that goes away, as in `prefreeze aggregate | head -1`, does not end the program. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
