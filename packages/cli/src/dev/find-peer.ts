import { createRequire } from "node:module";
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { WrongInput } from "../arguments/wrong-input.js";

/** What `dev lambda` needs, and nothing else does, so nobody has to install it. */
const PEERS = ["aws-lambda-ric", "esbuild"] as const;

/** The paths of the peers' modules. */
export type Peers = Readonly<Record<(typeof PEERS)[number], string>>;

/**
 * Looks for the peers beside the handler, then in the current folder, then beside the program.
 *
 * @throws WrongInput that says what to install
 */
export function findPeers(handlerFolder: string): Peers {
  const found = PEERS.map((name) => [name, find(name, handlerFolder)] as const);
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length > 0) {
    throw new WrongInput(
      `dev lambda needs ${missing.join(" and ")}: npm install --save-dev --ignore-scripts ${missing.join(" ")}`,
    );
  }
  return Object.fromEntries(found) as Peers;
}

function find(name: string, handlerFolder: string): string | undefined {
  const [, program = ""] = process.argv;
  const folders = [handlerFolder, process.cwd(), folderOf(program)];
  for (const folder of folders) {
    try {
      return createRequire(join(folder, "anything.js")).resolve(name);
    } catch {
      // Perhaps in the next one.
    }
  }
  return undefined;
}

function folderOf(program: string): string {
  try {
    return dirname(realpathSync(program));
  } catch {
    return process.cwd();
  }
}
