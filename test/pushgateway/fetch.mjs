// Fetches the real programs on Debian and Ubuntu, without root and without touching the system's own apt state.
// Builtins only: it runs before anything is installed.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, find, onPath } from "./find.mjs";
import { tools } from "./tools.mjs";

const run = promisify(execFile);
const UNFINISHED = ".unfinished-";
const UNFINISHED_KEPT_MS = 60 * 60 * 1000;

/**
 * Finds a program, or fetches its Debian package into the repository's `.cache` folder. At once when it is there.
 *
 * @param {import("./tools.mjs").Tool} [tool]
 * @returns {Promise<string>} an absolute path
 * @throws {Error} that says what to do, where it cannot be fetched
 */
export async function findOrFetch(tool = "pushgateway") {
  const found = find(tool);
  if (found !== undefined) return found;
  const { variable, names, debianPackage, wanted } = tools[tool];
  const advice = `Set ${variable} to the program, or put ${names.join(" or ")} on the PATH: ${wanted}.`;
  if (onPath(["apt-get"]) === undefined || onPath(["dpkg-deb"]) === undefined) {
    throw new Error(`${tool} is missing, and only Debian and Ubuntu can fetch it here. ${advice}`);
  }
  try {
    await fetchPackage(debianPackage);
  } catch (error) {
    throw new Error(
      `${tool} is missing, and fetching the package ${debianPackage} failed. ${advice}\n${reason(error)}`,
      { cause: error },
    );
  }
  const fetched = find(tool);
  if (fetched === undefined)
    throw new Error(`The package ${debianPackage} has no ${names.join(" or ")}. ${advice}`);
  return fetched;
}

/**
 * Downloads and unpacks a Debian package into `.cache/<name>`, all or nothing.
 *
 * @param {string} name
 */
async function fetchPackage(name) {
  const target = join(cacheFolder, name);
  if (existsSync(target)) return;
  await mkdir(cacheFolder, { recursive: true });
  await removeAbandoned();
  const work = await mkdtemp(join(cacheFolder, UNFINISHED));
  try {
    const configuration = await privateAptConfiguration(work);
    // Lists that could not be read (a third party's, say) may not be needed: only the download decides.
    const complaints = await apt(configuration, work, "update").catch(reason);
    try {
      await apt(configuration, work, "download", name);
    } catch (error) {
      throw new Error(`${lastLines(complaints)}\n${reason(error)}`.trim(), { cause: error });
    }
    const file = (await readdir(work)).find((entry) => entry.endsWith(".deb"));
    if (file === undefined) throw new Error(`apt-get downloaded no file for ${name}`);
    const unpacked = join(work, "unpacked");
    await run("dpkg-deb", ["-x", join(work, file), unpacked]);
    await rename(unpacked, target).catch((error) => {
      // Another process was quicker: what it put there is as complete.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Lists, cache and state of our own; nothing of the system's is read but its sources, its keys and its settings.
 *
 * @param {string} work
 */
async function privateAptConfiguration(work) {
  for (const folder of ["lists/partial", "cache/archives/partial"]) {
    await mkdir(join(work, folder), { recursive: true });
  }
  await writeFile(join(work, "status"), "");
  const file = join(work, "apt.conf");
  await writeFile(
    file,
    [
      `Dir::State ${quoted(work)};`,
      `Dir::State::Lists ${quoted(join(work, "lists"))};`,
      `Dir::State::status ${quoted(join(work, "status"))};`,
      `Dir::Cache ${quoted(join(work, "cache"))};`,
      // As root, apt would drop to a user that may not write into the project.
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      'Acquire::Retries "3";',
      // The system's own hooks look after the system's own cache.
      "#clear APT::Update::Pre-Invoke;",
      "#clear APT::Update::Post-Invoke;",
      "#clear APT::Update::Post-Invoke-Success;",
      "",
    ].join("\n"),
  );
  return file;
}

/**
 * @param {string} configuration
 * @param {string} folder
 * @param {string[]} command
 * @returns {Promise<string>} its warnings
 */
async function apt(configuration, folder, ...command) {
  const { stderr } = await run("apt-get", ["-q", "-c", configuration, ...command], {
    cwd: folder,
    env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stderr;
}

/** A killed fetch leaves its work folder; nothing ever looks into it. */
async function removeAbandoned() {
  for (const entry of await readdir(cacheFolder)) {
    if (!entry.startsWith(UNFINISHED)) continue;
    const path = join(cacheFolder, entry);
    const since = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - since > UNFINISHED_KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}

/** @param {string} path */
function quoted(path) {
  return `"${path}"`;
}

/** @param {unknown} error */
function reason(error) {
  const { stderr, message } = /** @type {{ stderr?: string, message?: string }} */ (error);
  return lastLines(stderr || message || String(error));
}

/** @param {string} text */
function lastLines(text) {
  return text.trim().split("\n").slice(-5).join("\n");
}
