import { readProperty } from "./read-property.js";

/**
 * The HTTP status of a result: a number or, as API Gateway and CloudFront allow too, a string of digits.
 *
 * @param name the property that holds it; `status` on Lambda@Edge
 */
export function statusOf(
  result: unknown,
  name: "statusCode" | "status" = "statusCode",
): number | undefined {
  const given = readProperty(result, name);
  const status = typeof given === "string" ? Number(given) : given;
  return typeof status === "number" && status >= 100 && status <= 999
    ? Math.trunc(status)
    : undefined;
}
