// Fetches the real programs on Debian and Ubuntu, without root and without touching the system's own apt state.
// Builtins only: it runs before anything is installed.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, find, onPath, packageFolder } from "./find.mjs";
import { tools } from "./tools.mjs";

const run = promisify(execFile);
const UNFINISHED = ".unfinished-";
const UNFINISHED_KEPT_MS = 60 * 60 * 1000;
const INSTALLED = "/var/lib/dpkg/status";
/** The keys of Debian's archive. Debian has this file, and so has Ubuntu with the package `debian-archive-keyring`. */
export const DEBIAN_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Finds a program, or fetches its Debian package into the repository's `.cache` folder. Returns at once if it is found.
 *
 * @param {import("./tools.mjs").Tool} [tool]
 * @param {string} [suite] the Debian release to take it from (`trixie`, `sid`); without one, any installed program
 *   will do, and otherwise the machine's own release is asked
 * @returns {Promise<string>} an absolute path
 * @throws {Error} if it cannot be fetched; the message says what to do
 */
export async function findOrFetch(tool = "pushgateway", suite) {
  const found = find(tool, suite);
  if (found !== undefined) return found;
  const { variable, names, debianPackages, wanted } = tools[tool];
  const packages = debianPackages.join(" or ");
  const program = suite === undefined ? tool : `The ${tool} of Debian ${suite}`;
  const advice =
    suite === undefined
      ? `Set ${variable} to the program, or put ${names.join(" or ")} on the PATH: ${wanted}.`
      : `Unpack Debian's ${packages} into ${packageFolder(debianPackages[0] ?? "", suite)}, or set ${variable} to test another program.`;
  if (onPath(["apt-get"]) === undefined || onPath(["dpkg-deb"]) === undefined) {
    throw new Error(
      `${program} is missing, and this machine has no apt-get and dpkg-deb to fetch it with. ${advice}`,
    );
  }
  try {
    await fetchPackage(debianPackages, suite);
  } catch (error) {
    throw new Error(
      `${program} is missing, and fetching the package ${packages} failed. ${advice}\n${reason(error)}`,
      { cause: error },
    );
  }
  const fetched = find(tool, suite);
  if (fetched === undefined)
    throw new Error(`The package ${packages} has no ${names.join(" or ")}. ${advice}`);
  return fetched;
}

/**
 * Downloads and unpacks a Debian package, all or nothing.
 *
 * @param {readonly string[]} names the first that the release has is fetched
 * @param {string | undefined} suite
 */
async function fetchPackage(names, suite) {
  if (names.every((name) => existsSync(packageFolder(name, suite)))) return;
  await inWorkFolder(async (work) => {
    const configuration = await privateAptConfiguration(work, suite);
    // A list that cannot be read (a third party's, say) may not be needed: only the download decides.
    const complaints = await apt(configuration, work, "update").catch(reason);
    const name = await download(names, configuration, work).catch((error) => {
      throw new Error(`${lastLines(complaints)}\n${reason(error)}`.trim(), { cause: error });
    });
    const file = (await readdir(work)).find((entry) => entry.endsWith(".deb"));
    if (file === undefined) throw new Error(`apt-get downloaded no file for ${name}`);
    const unpacked = join(work, "unpacked");
    await run("dpkg-deb", ["-x", join(work, file), unpacked]);
    await keep(unpacked, packageFolder(name, suite));
  });
}

/**
 * Downloads packages, and those of their dependencies that this machine lacks, and unpacks all of them into one folder
 * of the repository's `.cache`, all or nothing. Returns at once if the folder exists. Nothing is installed.
 *
 * @param {readonly string[]} names
 * @param {string} folder its name
 * @returns {Promise<string>} its absolute path
 * @throws {Error} if a package cannot be fetched
 */
export async function fetchWithDependencies(names, folder) {
  const target = join(cacheFolder, folder);
  if (existsSync(target)) return target;
  await inWorkFolder(async (work) => {
    const configuration = await privateAptConfiguration(work, undefined);
    // apt reads what is installed, and leaves it alone.
    await copyFile(INSTALLED, join(work, "status"));
    const complaints = await apt(configuration, work, "update").catch(reason);
    const words = [
      "--yes",
      "--no-install-recommends",
      "--download-only",
      "-o",
      "Debug::NoLocking=1",
    ];
    await apt(configuration, work, ...words, "install", ...names).catch((error) => {
      throw new Error(`${lastLines(complaints)}\n${reason(error)}`.trim(), { cause: error });
    });
    const archives = join(work, "cache/archives");
    const unpacked = join(work, "unpacked");
    for (const entry of await readdir(archives)) {
      if (entry.endsWith(".deb")) await run("dpkg-deb", ["-x", join(archives, entry), unpacked]);
    }
    await keep(unpacked, target);
  });
  return target;
}

/**
 * @param {(work: string) => Promise<void>} fetch is given a folder that is removed afterwards
 * @returns {Promise<void>}
 */
async function inWorkFolder(fetch) {
  await mkdir(cacheFolder, { recursive: true });
  await removeAbandoned();
  const work = await mkdtemp(join(cacheFolder, UNFINISHED));
  try {
    await fetch(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} unpacked
 * @param {string} target
 * @returns {Promise<void>}
 */
async function keep(unpacked, target) {
  await mkdir(dirname(target), { recursive: true });
  await rename(unpacked, target).catch((error) => {
    // Another process was faster, and its copy is as complete.
    if (!existsSync(target)) throw error;
  });
}

/**
 * @param {readonly string[]} names
 * @param {string} configuration
 * @param {string} work
 * @returns {Promise<string>} the package that was downloaded
 * @throws {Error} of the last package, if none can be downloaded
 */
async function download(names, configuration, work) {
  for (const name of names.slice(0, -1)) {
    const downloaded = await apt(configuration, work, "download", name).then(
      () => true,
      () => false,
    );
    if (downloaded) return name;
  }
  const last = names.at(-1) ?? "";
  await apt(configuration, work, "download", last);
  return last;
}

/**
 * Writes an apt configuration with lists, cache and state of its own. Of the system's, apt reads only the sources, the
 * keys and the settings.
 *
 * @param {string} work
 * @param {string | undefined} suite
 * @returns {Promise<string>} the file
 */
async function privateAptConfiguration(work, suite) {
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
      ...(suite === undefined ? [] : await sourcesOf(suite, work)),
      // As root, apt would switch to a user that may not write into the repository.
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      'Acquire::Retries "3";',
      // The system's hooks are for the system's cache.
      "#clear APT::Update::Pre-Invoke;",
      "#clear APT::Update::Post-Invoke;",
      "#clear APT::Update::Post-Invoke-Success;",
      "",
    ].join("\n"),
  );
  return file;
}

/**
 * Writes a sources list for one Debian release. It names the archives that this machine's own sources name; whichever
 * of them has the release serves the package, and Debian's keys vouch for it.
 *
 * @param {string} suite
 * @param {string} work
 * @returns {Promise<string[]>} the settings that make apt read it
 * @throws {Error} if the machine's sources name no archive
 */
async function sourcesOf(suite, work) {
  const archives = await archivesOfThisMachine();
  if (archives.length === 0) throw new Error("the apt sources of this machine name no archive");
  const options = existsSync(DEBIAN_KEYS) ? `[signed-by=${DEBIAN_KEYS}] ` : "";
  const file = join(work, "sources.list");
  await writeFile(file, archives.map((uri) => `deb ${options}${uri} ${suite} main\n`).join(""));
  return [`Dir::Etc::sourcelist ${quoted(file)};`, 'Dir::Etc::sourceparts "/dev/null";'];
}

/** @returns {Promise<string[]>} the URI of each archive with a component `main` */
export async function archivesOfThisMachine() {
  const { stdout } = await run("apt-get", [
    "indextargets",
    "--format",
    "$(COMPONENT) $(REPO_URI)",
    "Created-By: Packages",
  ]);
  const lines = stdout.split("\n").filter((line) => line.startsWith("main "));
  return [...new Set(lines.map((line) => line.slice("main ".length)))];
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

/** Removes the work folders of fetches that were killed. */
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
