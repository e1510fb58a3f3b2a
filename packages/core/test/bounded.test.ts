import { expect, it } from "vitest";
import { bounded } from "../src/metrics/bounded.js";

it("the first values pass from then on, and all others become _OTHER", () => {
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

it("earlier values pass, and take their part of the limit", () => {
  const color = bounded(2, () => ["red"]);
  expect(["green", "blue", "red"].map(color)).toEqual(["green", "_OTHER", "red"]);
});
