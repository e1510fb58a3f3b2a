import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { manifests, root, specifiersOf } from "../packaging/packages.js";
import { argumentsFor, entryPoints, lane, publicSymbols } from "./public-symbols.js";
import { faultsIn } from "./rules.js";

const fixture = (name: string): ReadonlyMap<string, string> =>
  new Map([["fixture", fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))]]);

describe("the check of docstrings", () => {
  test("lists everything that is missing", { timeout: 120_000 }, async () => {
    const symbols = await publicSymbols(fixture("incomplete.ts"));
    const faults = faultsIn(symbols).map((fault) => fault.replace(/^[^ ]+:\d+: /, ""));
    expect(faults).toEqual([
      "ShopOptions.name has no docstring",
      "ShopOptions.name does not state its default, as in: Default: none",
      "ShopOptions.waitMs does not state its unit, milliseconds",
      "ShopOptions.roomBytes does not state its range, as in: from 1 to 30,000",
      "ShopOptions.customers does not state its default, as in: Default: none",
      "ShopOptions.shelves does not state its unit, or what it counts",
      "Goods has no docstring",
      expect.stringMatching(
        /^open throws TypeError \(test\/api-reference\/fixtures\/incomplete\.ts:\d+\), and has no @throws TypeError$/,
      ),
      expect.stringMatching(/^sell throws RangeError .* and has no @throws RangeError$/),
      "sell(count) has no @param, and its function does not name it",
      "sell(more) does not state its default, as in: Default: none",
      "sell() has no @returns",
      expect.stringMatching(/^Carrier\.deliver throws SyntaxError .* no @throws SyntaxError$/),
    ]);
  });

  test("accepts complete docstrings", { timeout: 120_000 }, async () => {
    const symbols = await publicSymbols(fixture("complete.ts"));
    expect(symbols.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["StallOptions.waitMs", "openStall", "tryStall", "sellPieces(count)"]),
    );
    expect(faultsIn(symbols)).toEqual([]);
  });

  test("reads every entry point of every package", () => {
    expect([...entryPoints().keys()].sort()).toEqual(manifests.flatMap(specifiersOf).sort());
  });
});

describe("npm run docs", () => {
  const page = (path: string): string =>
    readFileSync(join(root, ".cache/api-reference", path), "utf8");

  let output: string;

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)("npm", ["run", "docs"], { cwd: root });
    output = stdout;
  }, 120_000);

  test("says where the pages are", () => {
    expect(output).toContain("The API reference is in .cache/api-reference/index.html.");
  });

  test("lists every entry point under the name that users import", () => {
    const index = page("index.html").replaceAll("<wbr/>", "");
    for (const name of entryPoints().keys()) expect(index).toContain(`>${name}<`);
  });

  test("describes a function with its parameters, its result and its errors", () => {
    const counter = page("functions/_prefreeze_core.counter.html");
    for (const heading of ["Parameters", "Returns", "Throws"]) expect(counter).toContain(heading);
    expect(counter).toMatch(
      /https:\/\/github\.com\/prefreeze\/prefreeze\/blob\/main\/packages\/core\/src\/metrics\/counter\.ts#L\d+/,
    );
  });

  test("describes options in the package that defines them, and links there from the packages that re-export them", () => {
    expect(page("interfaces/_prefreeze_core.Options.html")).toContain("flushTimeoutMs");
    expect(page("modules/_prefreeze_vercel.html")).toContain(
      "../interfaces/_prefreeze_core.Options.html",
    );
  });

  test(
    "fails if a docstring links to a name that does not exist",
    { timeout: 120_000 },
    async () => {
      const pages = await mkdtemp(join(tmpdir(), "prefreeze-pages-"));
      onTestFinished(() => rm(pages, { recursive: true }));
      const program = join(lane, "write-pages.mjs");
      const words = [program, pages, ...argumentsFor(fixture("broken-link.ts"))];
      await expect(promisify(execFile)(process.execPath, words)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/Failed to resolve link to "nobody"/) as string,
      });
    },
  );
});
