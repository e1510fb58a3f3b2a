import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

async function lockedPackages(): Promise<Readonly<Record<string, LockedPackage>>> {
  const text = await readFile(new URL("../../package-lock.json", import.meta.url), "utf8");
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockedPackage>> };
  return packages;
}

test("package-lock.json lists the optional packages of all operating systems, without which npm ci fails on a fresh clone", async () => {
  const packages = await lockedPackages();
  const paths = Object.keys(packages);
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !paths.some((other) => other.endsWith(`node_modules/${name}`)))
      .map((name) => `${name}, for ${path}`),
  );
  expect(missing).toEqual([]);
});

test("package-lock.json names no registry, so that npm ci asks the one that its user has set", async () => {
  const packages = await lockedPackages();
  const named = Object.entries(packages).filter(([, { resolved }]) => resolved?.includes("://"));
  expect(named).toEqual([]);
});
