// The Node versions that the tests run with: npm brings their binaries, for Linux on x64.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { install } from "../../examples/demo/install.mjs";
import { root } from "../prepare.mjs";

/** It also has the runtime client that the Lambda emulator starts on Node 20 and 22. */
const folder = "test/lambda-emulator/runtimes";

/**
 * @param {string} majorVersion
 * @returns {Promise<{ path: string, name: string }>} the program that runs the tests, and what to call
 *   it: this process's own Node if it has that version, or if npm has none for this machine
 * @throws {Error} if the tests do not run on that version
 */
export async function findNode(majorVersion) {
  if (!["20", "22", "24"].includes(majorVersion)) {
    throw new Error(`The tests run on Node 20, 22 or 24, not on "${majorVersion}".`);
  }
  await install(join(root, folder), "Node 20, 22 and 24 for the tests");
  const own = { path: process.execPath, name: `${process.execPath} ${process.version}` };
  if (process.versions.node.startsWith(`${majorVersion}.`)) return own;
  const path = join(root, folder, `node_modules/node-${majorVersion}/bin/node`);
  if (existsSync(path)) return { path, name: path };
  const machine = `${process.platform} on ${process.arch}`;
  return { ...own, name: `${own.name}, because npm brings no Node ${majorVersion} for ${machine}` };
}
