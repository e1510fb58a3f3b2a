import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { PIECES_FORMAT } from "@prefreeze/core/aggregate";
import { type Database, open, type RootDatabase } from "lmdb";
import { checkFile } from "./check-file.js";
import { runningOwner, thisProcess } from "./owner.js";

/** Pieces of state by their keys; undefined deletes one. */
export type Pieces = ReadonlyMap<string, Uint8Array | undefined>;

/** The state of an aggregator on disk. */
export interface StateStore {
  /** Every piece, once. */
  pieces(): Iterable<readonly [string, Uint8Array]>;
  /** Writes all pieces in one transaction. Resolves when they are on disk; rejects if nothing was written. */
  write(pieces: Pieces): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the state in a folder, or begins one. It belongs to this process until it is closed.
 *
 * @throws Error in one line that says what to do
 */
export function openStateStore(directory: string): StateStore {
  let root: RootDatabase<Buffer, string>;
  try {
    makeFolder(directory);
    const path = join(directory, "state.lmdb");
    checkFile(path);
    root = open({
      path,
      encoding: "binary",
      maxDbs: 2,
      // Only what `batch` is given belongs to a transaction.
      eventTurnBatching: false,
    });
  } catch (error) {
    throw cannotOpen(directory, error);
  }
  try {
    const about = root.openDB<Buffer, string>("about", { encoding: "binary" });
    const pieces = root.openDB<Buffer, string>("pieces", { encoding: "binary" });
    // No two processes are in it at once, so none owns what another one has just taken.
    root.transactionSync(() => {
      checkFormat(about, directory);
      own(about, directory);
    });
    return stateStore(root, about, pieces);
  } catch (error) {
    void root.close();
    throw error;
  }
}

/** With parents. The `recursive` of Node.js 20 never ends in a folder such as /proc, which takes no others. */
function makeFolder(directory: string): void {
  if (existsSync(directory)) return;
  makeFolder(dirname(directory));
  mkdirSync(directory, { mode: 0o750 });
}

function checkFormat(about: Database<Buffer, string>, directory: string): void {
  const written = about.get("format")?.toString();
  if (written === undefined) about.putSync("format", Buffer.from(`${PIECES_FORMAT}`));
  else if (written !== `${PIECES_FORMAT}`)
    throw new Error(
      `the state in ${directory} has format ${written}, and this version reads ${PIECES_FORMAT}: install the version that wrote it`,
    );
}

function own(about: Database<Buffer, string>, directory: string): void {
  const owner = about.get("owner")?.toString();
  const running = owner === undefined ? undefined : runningOwner(owner);
  if (running !== undefined)
    throw new Error(
      `the state in ${directory} is in use by process ${running}: stop it, or give each aggregator a directory of its own`,
    );
  about.putSync("owner", Buffer.from(thisProcess()));
}

function stateStore(
  root: RootDatabase<Buffer, string>,
  about: Database<Buffer, string>,
  pieces: Database<Buffer, string>,
): StateStore {
  return {
    *pieces() {
      for (const { key, value } of pieces.getRange()) yield [key, value];
    },
    async write(changed) {
      try {
        await pieces.batch(() => {
          for (const [key, piece] of changed) {
            if (piece === undefined) void pieces.remove(key);
            else void pieces.put(key, asBuffer(piece));
          }
        });
      } catch (error) {
        throw await reasonOf(error);
      }
      // The commit is visible before, but only now on disk.
      await pieces.flushed;
    },
    async close() {
      about.removeSync("owner");
      await root.flushed;
      await root.close();
    },
  };
}

/** The library tells the actual reason by a promise of its own, which would otherwise be an unhandled rejection. */
async function reasonOf(error: unknown): Promise<unknown> {
  try {
    await (error as { readonly commitError?: Promise<never> }).commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function cannotOpen(directory: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return new Error(
    `the state in ${directory} cannot be opened: ${message}; ${
      ["EACCES", "EROFS", "ENOTDIR", "ENOENT"].includes(code ?? "")
        ? "choose a folder that this user may write to"
        : "move it away to start with an empty state"
    }`,
    { cause: error },
  );
}
