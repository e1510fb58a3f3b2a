const CLASS_NAME = /^[\w.:$-]{1,64}$/;

/**
 * The class name of an error, never a word of its message; for other thrown values, their type.
 *
 * A class that sets no `name` is named by its constructor, which minifiers may shorten.
 */
export function errorTypeOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) {
      // Any value can be set as a name: one that is no text would be no label, and the invocation would not be counted.
      const given: unknown = thrown.name === "Error" ? thrown.constructor.name : thrown.name;
      const name = String(given);
      return CLASS_NAME.test(name) ? name : "Error";
    }
  } catch {
    // A getter threw.
  }
  return typeof thrown;
}

/** The HTTP status as an error type. @returns undefined if the status does not say that the server failed */
export function errorTypeOfStatus(status: unknown): string | undefined {
  return typeof status === "number" && status >= 500 ? String(status) : undefined;
}

/** The same of a web `Response`. */
export function errorTypeOfResponse(response: unknown): string | undefined {
  return errorTypeOfStatus((Object(response) as { readonly status?: unknown }).status);
}
