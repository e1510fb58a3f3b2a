import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that a compilation needs, and the Debian package that contains it. */
interface Tool {
  readonly program: string;
  readonly debianPackage: string;
}

const compiler = [
  { program: "cmake", debianPackage: "cmake" },
  { program: "make", debianPackage: "make" },
  { program: "g++", debianPackage: "g++" },
  { program: "python3", debianPackage: "python3" },
  { program: "xz", debianPackage: "xz-utils" },
];

/** The tools that each runtime client's native addon is compiled with. */
export const buildTools = {
  "ric-3": [
    ...compiler,
    { program: "autoconf", debianPackage: "autoconf" },
    { program: "automake", debianPackage: "automake" },
    { program: "libtoolize", debianPackage: "libtool" },
    { program: "unzip", debianPackage: "unzip" },
  ],
  "ric-4": compiler,
} as const;

/**
 * Checks that all tools are installed. As root on Debian, it installs those that are missing.
 *
 * @throws {Error} that names the tools that are missing
 */
export async function requireTools(tools: readonly Tool[]): Promise<void> {
  const packages = missing(tools).map(({ debianPackage }) => debianPackage);
  if (packages.length === 0) return;
  if (process.getuid?.() === 0 && isThere("apt-get")) {
    const options = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    spawnSync("apt-get", ["update"], options as object);
    spawnSync("apt-get", ["install", "--yes", ...packages], options as object);
  }
  const lacking = missing(tools).map(({ program }) => program);
  if (lacking.length === 0) return;
  throw new Error(
    `To compile AWS's runtime client, install ${lacking.join(", ")}. On Debian or Ubuntu: ` +
      `sudo apt-get install ${packages.join(" ")}`,
  );
}

function missing(tools: readonly Tool[]): Tool[] {
  return tools.filter(({ program }) => !isThere(program));
}

function isThere(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}
