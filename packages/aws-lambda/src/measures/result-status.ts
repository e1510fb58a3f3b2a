import { readProperty } from "./read-property.js";

/** The HTTP status of a result: a number or, as API Gateway allows too, a string of digits. */
export function statusOf(result: unknown): number | undefined {
  const given = readProperty(result, "statusCode");
  const status = typeof given === "string" ? Number(given) : given;
  return typeof status === "number" && status >= 100 && status <= 999
    ? Math.trunc(status)
    : undefined;
}
