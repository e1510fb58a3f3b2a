import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import * as gatewayPackage from "@prefreeze/gateway";

const readme = await text("../README.md");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block);

describe("the README", () => {
  test("shows code that the tests run or compile", async () => {
    expect(blocks).toEqual([
      await text("./quick-start.test.ts"),
      await text("./fixtures/local-gateway.ts"),
    ]);
  });

  test("names every option and every member of a gateway", async () => {
    await using gateway = await gatewayPackage.startGateway();
    const documented = [...readme.matchAll(/^\| `([^`(]+)[^|]*\|/gm)].map(([, name]) => name);
    const members = Reflect.ownKeys(gateway).map((key) =>
      key === Symbol.asyncDispose ? "[Symbol.asyncDispose]" : String(key),
    );
    expect(documented.sort()).toEqual(["port", "host", ...members].sort());
  });

  test("links outside of itself by absolute addresses, as npm needs them", () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(link).toMatch(/^https:\/\/|^#/);
  });
});

async function text(path: string): Promise<string> {
  return await readFile(new URL(path, import.meta.url), "utf8");
}
