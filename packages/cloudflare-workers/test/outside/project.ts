import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createConsumer } from "../../../../test/packaging/consumer.js";
import { root } from "../../../../test/packaging/packages.js";

const lane = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
export const wranglerLane = lane("wrangler");
export const vitestLane = lane("vitest-plugin");

const READY_WITHIN_MS = 60_000;

/** A Worker's project outside of the repository, with the packages as npm would install them. */
export interface Project {
  readonly folder: string;
  /** The environment variables for Cloudflare's tools. */
  readonly env: Readonly<Record<string, string>>;
  read(path: string): Promise<string>;
  /** Writes files, by their paths in the project. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Links a package of a lane into the project's `node_modules`. */
  link(lane: string, name: string): Promise<void>;
  /** Runs wrangler to its end. @returns what it printed */
  wrangler(...args: readonly string[]): Promise<string>;
  /** Runs the TypeScript compiler. @returns what is wrong, or nothing */
  tsc(...args: readonly string[]): Promise<string>;
  /** Runs `wrangler dev` on a free port. */
  dev(): Promise<DevServer>;
  remove(): Promise<void>;
}

export interface DevServer {
  readonly url: string;
  readonly printed: () => string;
  stop(): Promise<void>;
}

/** Packs the packages and installs those that a Worker needs. */
export async function createProject(): Promise<Project> {
  const consumer = await createConsumer([
    "@prefreeze/core",
    "@prefreeze/cloudflare-workers",
    "@prefreeze/gateway",
  ]);
  const { folder } = consumer;
  const program = join(wranglerLane, "node_modules/wrangler/bin/wrangler.js");
  const options = { cwd: folder, env: { ...process.env, ...quiet(folder) } };
  return {
    folder,
    env: quiet(folder),
    read: (path) => readFile(join(folder, path), "utf8"),
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    },
    async link(from, name) {
      const path = join(folder, "node_modules", name);
      await mkdir(dirname(path), { recursive: true });
      await symlink(join(from, "node_modules", name), path, "dir");
    },
    async wrangler(...args) {
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [program, ...args],
        options,
      );
      return stdout + stderr;
    },
    async tsc(...args) {
      const compiler = join(root, "node_modules/typescript/bin/tsc");
      const failed = (error: unknown) => (error as { readonly stdout: string }).stdout;
      return await consumer.node(compiler, ...args).catch(failed);
    },
    async dev() {
      const child = spawn(
        process.execPath,
        [program, "dev", "--ip=127.0.0.1", "--port=0", "--inspector-port=0"],
        // A group of its own, so that workerd ends with it.
        { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true },
      );
      let printed = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
      const stop = () => stopGroup(child);
      const ready = new Promise<string>((resolve, reject) => {
        const look = () => {
          const [, url] = /Ready on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed) ?? [];
          if (url !== undefined) resolve(url);
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new Error(`wrangler dev ended:\n${printed}`)));
        setTimeout(
          () => reject(new Error(`wrangler dev is not ready:\n${printed}`)),
          READY_WITHIN_MS,
        ).unref();
      });
      try {
        return { url: await ready, printed: () => printed, stop };
      } catch (error) {
        await stop();
        throw error;
      }
    },
    remove: () => consumer.remove(),
  };
}

/** Keeps wrangler from calling Cloudflare, and from writing outside of the project. */
function quiet(folder: string): Readonly<Record<string, string>> {
  return {
    CI: "true",
    NO_COLOR: "1",
    WRANGLER_SEND_METRICS: "false",
    // Also spares it the question whether there is a newer version.
    WRANGLER_HIDE_BANNER: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_LOG_PATH: join(folder, "logs"),
    WRANGLER_CACHE_DIR: join(folder, "cache"),
    WRANGLER_REGISTRY_PATH: join(folder, "registry"),
    XDG_CONFIG_HOME: join(folder, "config"),
  };
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  process.kill(-child.pid!, "SIGTERM");
  const timer = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 10_000);
  await closed;
  clearTimeout(timer);
}
