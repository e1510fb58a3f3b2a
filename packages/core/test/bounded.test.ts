import { expect, it } from "vitest";
import { bounded } from "../src/metrics/bounded.js";

it("bounded() keeps the first values for good and replaces all others with _OTHER", () => {
  const color = bounded(2);
  expect(["red", "green", "blue", "red", "green", "pink"].map(color)).toEqual([
    "red",
    "green",
    "_OTHER",
    "red",
    "green",
    "_OTHER",
  ]);
});

it("bounded() counts the values that exist already against its limit", () => {
  const color = bounded(2, () => ["red"]);
  expect(["green", "blue", "red"].map(color)).toEqual(["green", "_OTHER", "red"]);
});
