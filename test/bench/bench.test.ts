import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { COMPARISONS } from "./comparisons.js";
import type { BenchFigure } from "./figure.js";

const script = fileURLToPath(new URL("bench.ts", import.meta.url));

describe("the benchmark", { timeout: 60_000 }, () => {
  let figures: readonly BenchFigure[];

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--import",
      "tsx",
      script,
      "--json",
      "--quick",
    ]).catch(
      // It also ends with 1 where a limit does not hold, and what it printed is here all the same.
      (error: { readonly stdout: string }) => error,
    );
    figures = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as BenchFigure);
  }, 60_000);

  it.each(COMPARISONS)(
    "prints $name of ours, of the peer and their ratio, one object a line",
    ({ name, peerName, unit }) => {
      const value = expect.any(Number) as number;
      expect(figures).toContainEqual(
        expect.objectContaining({ figure: `${name}_ratio`, value, unit: "x" }),
      );
      expect(figures).toContainEqual({ figure: `${name}_prefreeze`, value, unit });
      expect(figures).toContainEqual({ figure: `${name}_${peerName}`, value, unit });
    },
  );

  it("says of each limit whether it holds", () => {
    const limited = figures.filter(({ limit }) => limit !== undefined);
    expect(limited.map(({ figure }) => figure)).toEqual(
      COMPARISONS.flatMap(({ name, limit }) => (limit === undefined ? [] : [`${name}_ratio`])),
    );
    for (const { value, limit, holds } of limited) expect(holds).toBe(value >= limit!);
  });

  // Short runs beside other tests tell little: a half says that nothing went badly wrong.
  it.each(COMPARISONS.filter(({ limit }) => limit !== undefined))(
    "measures at least half of the limit for $name",
    ({ name, limit }) => {
      const ratio = figures.find(({ figure }) => figure === `${name}_ratio`);
      expect(ratio?.value).toBeGreaterThan(limit! / 2);
    },
  );
});
