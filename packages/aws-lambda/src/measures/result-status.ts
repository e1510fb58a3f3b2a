import { readProperty } from "./read-property.js";

/** The HTTP status that a result gives, as a number or, as API Gateway takes it too, as text. */
export function statusOf(result: unknown): number | undefined {
  const given = readProperty(result, "statusCode");
  const status = typeof given === "string" ? Number(given) : given;
  return typeof status === "number" && status >= 100 && status <= 999
    ? Math.trunc(status)
    : undefined;
}
