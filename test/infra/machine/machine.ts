import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onPath } from "../../pushgateway/find.mjs";
import { debian } from "./debian.js";

const run = promisify(execFile);
const enter = fileURLToPath(new URL("enter.sh", import.meta.url));
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** What a command has done. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A machine of its own for a test: a real Debian, whose first process is the real systemd, in namespaces. Its network is its
 * own loopback interface, so its ports collide with nobody's. Node.js is in /opt/node, the repository in /opt/repository.
 */
export interface Machine {
  /** Its file system, as this machine sees it. */
  readonly root: string;
  /** Runs a command as root, or as `user`. Does not reject if it fails. */
  run(
    command: readonly string[],
    options?: { readonly environment?: Readonly<Record<string, string>> },
  ): Promise<Outcome>;
  stop(): Promise<void>;
}

export interface MachineOptions {
  /** The Debian release. Default: trixie */
  readonly suite?: string;
  /** The folder of npm's cache. */
  readonly npmCache: string;
  /** Whether systemd is its first process. Default: true. Otherwise, nothing runs there. */
  readonly systemd?: boolean;
}

/**
 * Starts a machine. What it writes is gone when it stops. Needs root.
 *
 * @throws Error if it does not start
 */
export async function startMachine({
  suite = "trixie",
  npmCache,
  systemd = true,
}: MachineOptions): Promise<Machine> {
  const base = await debian(suite);
  const folder = await mkdtemp(join(tmpdir(), "machine-"));
  const [upper, work, root, cgroups] = ["upper", "work", "root", "cgroups"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  // What it writes is gone at the end, and dpkg waits for the disk after each file otherwise.
  await run("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", folder]);
  for (const each of [upper, work, root, cgroups]) await mkdir(each);
  const layers = `lowerdir=${base},upperdir=${upper},workdir=${work}`;
  await run("mount", ["-t", "overlay", "-o", layers, "overlay", root]);
  await run("mount", ["-t", "cgroup2", "cgroup2", cgroups]);
  const cgroup = join(cgroups, folder.slice(folder.lastIndexOf("/") + 1));

  const program = systemd ? ["/lib/systemd/systemd", "--log-target=null"] : ["sleep", "infinity"];
  const child = spawn(
    enter,
    [root, cgroup, await realpath(process.execPath), await npm(), npmCache, repository, ...program],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const killWithUs = () => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  const ended = once(child, "close").finally(() => process.off("exit", killWithUs));

  const stop = async (): Promise<void> => {
    // The first process of the namespace dies with this one, and all others with that.
    child.kill("SIGKILL");
    await ended;
    await removeCgroup(cgroup);
    await run("umount", [cgroups]);
    await run("umount", [root]);
    await run("umount", [folder]);
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const first = await firstProcess(child.pid!, systemd ? "systemd" : "sleep", () =>
      child.exitCode === null ? undefined : printed,
    );
    const machine: Machine = {
      root,
      stop,
      async run(command, { environment = {} } = {}) {
        const variables = Object.entries({
          PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          HOME: "/root",
          LC_ALL: "C",
          ...environment,
        }).map(([name, value]) => `${name}=${value}`);
        const inside = ["--target", String(first), ..."-m -u -i -n -p -C -r".split(" ")];
        try {
          const { stdout, stderr } = await run(
            "nsenter",
            [...inside, "env", "-C", "/", "-i", ...variables, ...command],
            { maxBuffer: 64 * 1024 * 1024 },
          );
          return { exitCode: 0, stdout, stderr };
        } catch (error) {
          const { code, stdout, stderr } = error as {
            code: unknown;
            stdout: string;
            stderr: string;
          };
          if (typeof code === "string") throw error;
          // A command that a signal has ended has none.
          return { exitCode: typeof code === "number" ? code : 255, stdout, stderr };
        }
      },
    };
    if (systemd) await untilStarted(machine);
    return machine;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns the folder of the npm that this machine uses */
async function npm(): Promise<string> {
  const program = onPath(["npm"]);
  if (program === undefined) throw new Error("npm is not on the PATH");
  return dirname(dirname(await realpath(program)));
}

/** @returns the process ID, on this machine, of the first process in the namespace */
async function firstProcess(
  parent: number,
  name: string,
  failure: () => string | undefined,
): Promise<number> {
  const untilMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < untilMs) {
    const printed = failure();
    if (printed !== undefined) throw new Error(`the machine did not start: ${printed}`);
    const children = await readFile(`/proc/${parent}/task/${parent}/children`, "utf8").catch(
      () => "",
    );
    const first = Number(children.trim().split(" ")[0]);
    const command = await readFile(`/proc/${first}/comm`, "utf8").catch(() => "");
    if (command.trim() === name) return first;
    await sleep(POLL_MS);
  }
  throw new Error("the machine did not start in time");
}

async function untilStarted(machine: Machine): Promise<void> {
  const untilMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    // Before its socket is there, systemctl cannot wait for it.
    const { stdout } = await machine.run(["systemctl", "is-system-running", "--wait"]);
    if (stdout.trim() === "running") return;
    if (stdout.trim() === "degraded" || performance.now() > untilMs) {
      const { stdout: failed } = await machine.run(["systemctl", "--failed", "--no-legend"]);
      throw new Error(`the machine is ${stdout.trim()}: ${failed}`);
    }
    await sleep(POLL_MS);
  }
}

async function removeCgroup(cgroup: string): Promise<void> {
  const untilMs = performance.now() + START_TIMEOUT_MS;
  // It is busy until all its processes are gone.
  while (existsSync(cgroup) && performance.now() < untilMs) {
    await run("find", [cgroup, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"]).catch(
      () => {},
    );
    await sleep(POLL_MS);
  }
}
