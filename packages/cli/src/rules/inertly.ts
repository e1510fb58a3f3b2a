/**
 * Runs somebody's module so that it cannot do much: adapters are switched off, it cannot end the process, and what it
 * prints goes to stderr.
 *
 * @throws Error if it throws, ends the process, or takes longer
 */
export async function inertly(longestMs: number, load: () => Promise<unknown>): Promise<void> {
  const { env, stdout, stderr } = process;
  const before = { disabled: env["PREFREEZE_DISABLED"], active: env["PREFREEZE_ACTIVE"] };
  const exit = Object.getOwnPropertyDescriptor(process, "exit")!;
  const write = Object.getOwnPropertyDescriptor(stdout, "write");
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it takes longer than ${longestMs / 1_000} s`)),
      longestMs,
    );
    process.exit = () => {
      const error = new Error("it calls process.exit()");
      reject(error);
      throw error;
    };
  });
  stdout.write = stderr.write.bind(stderr);
  env["PREFREEZE_DISABLED"] = "1";
  delete env["PREFREEZE_ACTIVE"];
  try {
    await Promise.race([load(), failed]);
  } finally {
    clearTimeout(timer);
    Object.defineProperty(process, "exit", exit);
    // The stream's own method is that of its class.
    if (write) Object.defineProperty(stdout, "write", write);
    else Reflect.deleteProperty(stdout, "write");
    restore("PREFREEZE_DISABLED", before.disabled);
    restore("PREFREEZE_ACTIVE", before.active);
  }
}

function restore(variable: string, value: string | undefined): void {
  if (value === undefined) delete process.env[variable];
  else process.env[variable] = value;
}
