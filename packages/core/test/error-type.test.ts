import { expect, it } from "vitest";
import { errorTypeOf } from "../src/invocation/error-type.js";

class PaymentError extends Error {}

it.each([
  ["an error", new Error("secret"), "Error"],
  ["an error of the language", new TypeError("secret"), "TypeError"],
  ["an error with a name", Object.assign(new Error("secret"), { name: "Declined" }), "Declined"],
  ["an error of a class without one", new PaymentError("secret"), "PaymentError"],
  ["an error whose name is no name", Object.assign(new Error(), { name: "a secret" }), "Error"],
  ["an object", { name: "alice" }, "object"],
  ["a text", "secret", "string"],
  ["nothing", undefined, "undefined"],
])("%s has a type that tells nothing of its content", (_, thrown, errorType) => {
  expect(errorTypeOf(thrown)).toBe(errorType);
});
