// Part of `npm run check`: publint and attw judge the tarballs of all packages, every entry of each.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packPackages } from "./pack.js";
import { root } from "./packages.js";

const judges = [
  { program: "publint", args: (tarball: string) => ["run", tarball, "--strict"] },
  // Resolution as Node 10 knew it has no entries but the main one.
  { program: "attw", args: (tarball: string) => [tarball, "--profile", "node16", "--no-emoji"] },
];

const folder = await mkdtemp(join(tmpdir(), "prefreeze-packed-"));
try {
  for (const { tarball } of await packPackages(folder)) {
    await Promise.all(judges.map(({ program, args }) => judge(program, args(tarball))));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function judge(program: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(join(root, "node_modules/.bin", program), args);
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    console.error(stdout + stderr);
    process.exitCode = 1;
  }
}
