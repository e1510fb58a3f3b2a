import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { transform } from "esbuild";
import { exclusively } from "../../../../test/install-lane/exclusively.js";
import { root } from "../../../../test/packaging/packages.js";
import { buildNextApp } from "../../../../test/vercel/next-server.js";

/** How the app of these tests is built. */
export interface Build {
  readonly version: "15" | "16";
  readonly bundler: "turbopack" | "webpack";
  /** Bare, the wrappers are functions that return what they are given. */
  readonly wrapped: boolean;
}

export interface BuiltApp {
  readonly folder: string;
  /** What `next build` printed. */
  readonly printed: string;
  /** The requests that a gateway got meanwhile. */
  readonly pushes: number;
}

const here = fileURLToPath(new URL("./", import.meta.url));
/** Those that an app imports. */
export const packages = ["core", "node", "vercel"] as const;

/** The folder of a version of Next.js. */
export const laneOf = (version: Build["version"]): string => join(here, version);

/**
 * Builds the app with `next build`, unless the same one is built already: it is found by the content of everything that
 * goes into it.
 */
export async function buildApp(build: Build): Promise<BuiltApp> {
  const lane = laneOf(build.version);
  await installLane(lane);
  const sources = await sourcesOf(build);
  const name = `${build.bundler}-${build.wrapped ? "wrapped" : "bare"}`;
  const folder = join(lane, ".apps", `${name}-${hashOf(sources)}`);
  await mkdir(join(lane, ".apps"), { recursive: true });
  return await exclusively(join(lane, ".apps", `${name}.lock`), async () => {
    const record = join(folder, "built.json");
    const known = await readFile(record, "utf8").catch(() => undefined);
    if (known !== undefined) return JSON.parse(known) as BuiltApp;
    for (const other of await readdir(join(lane, ".apps"))) {
      if (other.startsWith(`${name}-`))
        await rm(join(lane, ".apps", other), { recursive: true, force: true });
    }
    for (const [path, text] of sources) {
      await mkdir(join(folder, path, ".."), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const built = { folder, ...(await runBuild(folder, build)) };
    await writeFile(record, JSON.stringify(built));
    return built;
  });
}

/** Everything that goes into a build, by its path in the app. */
async function sourcesOf({ version, bundler, wrapped }: Build): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  const app = join(here, "app");
  for (const path of await filesIn(app)) {
    const text = await readFile(join(app, path), "utf8");
    // Without types, so that no build needs the compiler.
    const { code } = await transform(text, { loader: "tsx", jsx: "automatic" });
    const name = path.replace(/\.tsx?$/, ".js");
    // Next.js 15 knows it by its old name, and runs it in the edge runtime.
    sources.set(name === "proxy.js" && version === "15" ? "middleware.js" : name, code);
  }
  sources.set("next.config.mjs", configOf(version));
  sources.set("package.json", JSON.stringify({ private: true, type: "module", bundler }));
  sources.set(
    "package-lock.json",
    await readFile(join(laneOf(version), "package-lock.json"), "utf8"),
  );
  for (const name of packages) {
    const from = join(root, "packages", name);
    const to = `node_modules/@prefreeze/${name}`;
    sources.set(`${to}/package.json`, await readFile(join(from, "package.json"), "utf8"));
    for (const path of await filesIn(join(from, "dist"))) {
      if (path.endsWith(".js") || path.endsWith("package.json"))
        sources.set(`${to}/dist/${path}`, await readFile(join(from, "dist", path), "utf8"));
    }
  }
  if (!wrapped) {
    // Next.js bundles the modules of the one folder, and Node.js loads what it leaves out from the other.
    for (const path of ["esm/index.js", "esm/next.js", "node/index.js", "node/next.js"])
      sources.set(`node_modules/@prefreeze/vercel/dist/${path}`, bare);
  }
  return sources;
}

/** In the place of the package: wrappers that return what they are given. */
const bare = `
const same = (given) => given;
export const counter = () => ({ inc() {} });
export { same as instrument, same as instrumentAction, same as instrumentPage };
export const register = () => {};
export const onRequestError = () => {};
`;

function configOf(version: Build["version"]): string {
  const folder = laneOf(version);
  return `export default ${JSON.stringify({
    experimental: { authInterrupts: true },
    // Both packages and app are inside of it.
    outputFileTracingRoot: folder,
    turbopack: { root: folder },
    ...(version === "15" && { eslint: { ignoreDuringBuilds: true } }),
  })};\n`;
}

function hashOf(sources: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256").update(process.version);
  for (const [path, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\0${text}\0`);
  return hash.digest("hex").slice(0, 16);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Runs `next build` beside a gateway that counts. @throws Error with what it printed if it fails */
async function runBuild(folder: string, { version, bundler }: Build) {
  let pushes = 0;
  const gateway = createServer((_request, response) => {
    pushes += 1;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(gateway, "listening");
  const { port } = gateway.address() as AddressInfo;
  const env = {
    PUSHGATEWAY_URL: `http://127.0.0.1:${port}`,
    PREFREEZE_JOB: "shop",
    PREFREEZE_ACTIVE: "1",
  };
  try {
    const options = { folder, installed: laneOf(version), env };
    return { printed: await buildNextApp(options, ...flagOf(version, bundler)), pushes };
  } finally {
    gateway.close();
  }
}

/** The default bundler is webpack in 15, turbopack in 16. */
function flagOf(version: Build["version"], bundler: Build["bundler"]): string[] {
  if (version === "15") return bundler === "turbopack" ? ["--turbopack"] : [];
  return bundler === "webpack" ? ["--webpack"] : [];
}
