import { expect, it } from "vitest";
import { errorTypeOf } from "../src/invocation/error-type.js";

class PaymentError extends Error {}

it.each([
  ["an error", new Error("secret"), "Error"],
  ["a built-in error", new TypeError("secret"), "TypeError"],
  ["an error with a name", Object.assign(new Error("secret"), { name: "Declined" }), "Declined"],
  ["an error of a class without a name", new PaymentError("secret"), "PaymentError"],
  [
    "an error whose name is not a class name",
    Object.assign(new Error(), { name: "a secret" }),
    "Error",
  ],
  ["an object", { name: "alice" }, "object"],
  ["a string", "secret", "string"],
  ["nothing", undefined, "undefined"],
])("%s has a type without any of its content", (_, thrown, errorType) => {
  expect(errorTypeOf(thrown)).toBe(errorType);
});
