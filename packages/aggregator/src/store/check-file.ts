import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Where a page of LMDB's data format 2 that describes the file has its fields. Source: `mdb.c`, `MDB_meta` */
const AT = { magic: 24, version: 28, pageBytes: 48, freeRoot: 88, root: 136, transaction: 152 };
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/**
 * Checks that a file, if there is one, is a store that was not cut off: the library ends the process otherwise.
 *
 * @throws Error that says what is wrong
 */
export function checkFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    const first = pageAt(file, 0);
    const pageBytes = first.readUInt32LE(AT.pageBytes);
    if (first.readUInt32LE(AT.magic) !== MAGIC || pageBytes < 256)
      throw new Error("its file is no LMDB store");
    if (first.readUInt32LE(AT.version) !== VERSION)
      throw new Error("its file has another version of LMDB's format");
    // The newest transaction counts. The other one's pages may have been reused.
    const second = pageAt(file, pageBytes);
    const isFirst = first.readBigUInt64LE(AT.transaction) > second.readBigUInt64LE(AT.transaction);
    const newest = isFirst ? first : second;
    for (const root of [newest.readBigUInt64LE(AT.freeRoot), newest.readBigUInt64LE(AT.root)]) {
      if (root !== NO_PAGE && (root + 1n) * BigInt(pageBytes) > BigInt(size))
        throw new Error("its file was cut off");
    }
  } finally {
    closeSync(file);
  }
}

function pageAt(file: number, position: number): Buffer {
  const head = Buffer.alloc(160);
  readSync(file, head, 0, head.length, position);
  return head;
}
