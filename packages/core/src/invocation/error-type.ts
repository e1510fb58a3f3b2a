const CLASS_NAME = /^[\w.:$-]{1,64}$/;

/**
 * The class name of an error, never a word of its message; of what else is thrown, the type.
 *
 * A class that sets no `name` has that of its constructor, which minifiers may shorten.
 */
export function errorTypeOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) {
      const name = thrown.name === "Error" ? thrown.constructor.name : thrown.name;
      return CLASS_NAME.test(name) ? name : "Error";
    }
  } catch {
    // A getter that throws.
  }
  return typeof thrown;
}

/** The status as an error type, where it says that the server failed. */
export function errorTypeOfStatus(status: unknown): string | undefined {
  return typeof status === "number" && status >= 500 ? String(status) : undefined;
}
