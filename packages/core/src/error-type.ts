const CLASS_NAME = /^[\w.:$-]{1,64}$/;

/** The class name of what was thrown, never a word of its message; what is no error has its type's name. */
export function errorTypeOf(thrown: unknown): string {
  try {
    const { name } = thrown as { name?: unknown };
    if (typeof name === "string" && CLASS_NAME.test(name)) return name;
  } catch {
    // A getter that throws, or nothing to get from.
  }
  return typeof thrown;
}

/** The status as an error type, where it says that the server failed. */
export function errorTypeOfStatus(status: unknown): string | undefined {
  return typeof status === "number" && status >= 500 ? String(status) : undefined;
}
