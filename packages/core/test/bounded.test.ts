import { expect, it } from "vitest";
import { bounded } from "../src/metrics/bounded.js";

it("lets the first values through for good, and calls all others _OTHER", () => {
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

it("lets through what was there before it, and no more than what that leaves", () => {
  const color = bounded(2, () => ["red"]);
  expect(["green", "blue", "red"].map(color)).toEqual(["green", "_OTHER", "red"]);
});
