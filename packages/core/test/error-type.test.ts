import { expect, it } from "vitest";
import { errorTypeOf } from "../src/invocation/error-type.js";

class PaymentError extends Error {}

it.each([
  ["an error", new Error("secret"), "Error"],
  ["a built-in error", new TypeError("secret"), "TypeError"],
  ["an error with a name", Object.assign(new Error("secret"), { name: "Declined" }), "Declined"],
  ["an error whose class sets no name", new PaymentError("secret"), "PaymentError"],
  [
    "an error whose name is not an identifier",
    Object.assign(new Error(), { name: "a secret" }),
    "Error",
  ],
  [
    "an error whose name is an object",
    Object.assign(new Error(), { name: { toString: () => "Declined" } }),
    "Declined",
  ],
  ["an object", { name: "alice" }, "object"],
  ["a text", "secret", "string"],
  ["nothing", undefined, "undefined"],
])("%s has an error type that reveals nothing of its content", (_, thrown, errorType) => {
  expect(errorTypeOf(thrown)).toBe(errorType);
});
