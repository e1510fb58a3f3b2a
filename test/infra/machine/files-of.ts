import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What programs note by themselves: logs, caches, and the bookkeeping of apt, dpkg and systemd. */
const NOTES = [
  "/etc/(passwd|group|shadow|gshadow)-",
  "/etc/(machine-id|\\.pwd\\.lock|\\.updated|ld\\.so\\.cache|hostname)",
  "/var/(log|cache|tmp|\\.updated)",
  "/var/lib/(apt|dpkg|systemd)",
  // Of all services with a user of their own; systemd makes it.
  "/var/(lib|cache)/private",
  "/root",
  "/(proc|sys|dev|run|tmp)",
];

/**
 * Lists the files of a machine: type, mode, owner, and the checksum of what is in it or what it links to.
 *
 * @param root the folder of the file system
 * @returns one line for each file, by path
 */
export async function filesOf(root: string): Promise<Map<string, string>> {
  const options = { cwd: root, maxBuffer: 256 * 1024 * 1024 };
  const { stdout: entries } = await run(
    "find",
    [".", "-xdev", "-printf", "%p\\t%y %m %U:%G %l\\n"],
    options,
  );
  const { stdout: sums } = await run(
    "sh",
    ["-c", "find . -xdev -type f -print0 | xargs -0 sha256sum"],
    options,
  );
  const sumOf = new Map(sums.split("\n").map((line) => [line.slice(66), line.slice(0, 64)]));
  const notes = new RegExp(`^\\.(${NOTES.join("|")})(/|$)`);
  return new Map(
    entries
      .split("\n")
      .map((line) => line.split("\t") as [string, string])
      .filter(([path]) => path !== "" && !notes.test(path))
      .map(([path, facts]) => [path.slice(1), `${facts}${sumOf.get(path) ?? ""}`]),
  );
}

/** @returns the paths that were added, removed or changed, sorted, each with `+`, `-` or `~` before it */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths.flatMap((path) => {
    if (!before.has(path)) return [`+${path}`];
    if (!after.has(path)) return [`-${path}`];
    return before.get(path) === after.get(path) ? [] : [`~${path}`];
  });
}
