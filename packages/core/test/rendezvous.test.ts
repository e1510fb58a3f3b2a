import { describe, expect, it } from "vitest";
import { rendezvous } from "../src/target/rendezvous.js";

const urls = ["http://10.0.0.1:9091/", "http://10.0.0.2:9091/", "http://10.0.0.3:9091/"];
const ids = Array.from({ length: 10_000 }, () => `shop-${crypto.randomUUID().slice(0, 23)}`);

describe("the gateway of an instance", () => {
  it("is the same each time, whatever the order of the list", () => {
    for (const id of ids.slice(0, 500)) {
      const chosen = rendezvous(id, urls);
      expect(rendezvous(id, urls)).toBe(chosen);
      expect(rendezvous(id, urls.toReversed())).toBe(chosen);
    }
  });

  it.each([2, 3, 7])("is each of %d equally often", (count) => {
    const many = Array.from({ length: count }, (_, i) => `http://gateway-${i}.internal:9091/`);
    const times = new Map(many.map((url) => [url, 0]));
    for (const id of ids) {
      const chosen = rendezvous(id, many);
      times.set(chosen, times.get(chosen)! + 1);
    }
    const expected = ids.length / count;
    const chiSquare = [...times.values()].reduce(
      (sum, each) => sum + (each - expected) ** 2 / expected,
      0,
    );
    // With up to six degrees of freedom, a fair choice exceeds this once in 1,000,000 runs.
    expect(chiSquare).toBeLessThan(40);
  });

  it("changes only for the instances of a gateway that is removed", () => {
    const left = urls.slice(0, 2);
    const moved = new Map(left.map((url) => [url, 0]));
    for (const id of ids) {
      const before = rendezvous(id, urls);
      const after = rendezvous(id, left);
      if (before === urls[2]) moved.set(after, moved.get(after)! + 1);
      else expect(after).toBe(before);
    }
    // These are spread over all remaining gateways.
    const [first, second] = [...moved.values()];
    expect(first! / second!).toBeGreaterThan(0.85);
    expect(first! / second!).toBeLessThan(1.18);
  });

  it("is the only one if there is only one", () => {
    expect(rendezvous("a", ["http://gateway/"])).toBe("http://gateway/");
  });
});
