/** A file that outlives the process, and that no other user can read or have created. */
export interface JournalFile {
  readonly path: string;
  /** Nobody has written to it yet. */
  readonly isNew: boolean;
  /** Reads up to that many bytes. */
  read(at: number, length: number): Buffer;
  /** Writes in one call, so that a kill can only cut off the end. @throws Error if the write fails */
  write(bytes: Buffer, at: number, length?: number): void;
  /** @throws Error if the file was removed */
  expectInPlace(): void;
  /** Empties the file. @throws Error if that fails */
  clear(): void;
  /** Empties and removes the file, as far as possible. */
  discard(): void;
  close(): void;
}

/** @throws Error if the file cannot be opened, or is not a plain file of this user alone */
export function openJournalFile(path: string): JournalFile {
  const fs = process.getBuiltinModule("node:fs");
  const created = create(path);
  const fd = created ?? openExisting(path);
  const close = () => {
    fs.closeSync(fd);
  };
  return {
    path,
    isNew: created !== undefined,
    read(at, length) {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, at));
    },
    write(bytes, at, length = bytes.length) {
      if (fs.writeSync(fd, bytes, 0, length, at) < length) throw new Error("the disk is full");
    },
    expectInPlace() {
      if (fs.fstatSync(fd).nlink === 0) throw new Error("it was removed");
    },
    clear() {
      fs.ftruncateSync(fd);
    },
    discard() {
      for (const work of [() => fs.ftruncateSync(fd), () => fs.unlinkSync(path), close]) {
        try {
          work();
        } catch {
          // The other steps run all the same.
        }
      }
    },
    close,
  };
}

/** @returns undefined if there is such a file. @throws Error if it cannot be created */
function create(path: string): number | undefined {
  const fs = process.getBuiltinModule("node:fs");
  const { O_RDWR, O_CREAT, O_EXCL } = fs.constants;
  try {
    return fs.openSync(path, O_RDWR | O_CREAT | O_EXCL, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

/** @throws Error if the file cannot be opened, or is not a plain file of this user alone */
function openExisting(path: string): number {
  const fs = process.getBuiltinModule("node:fs");
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
  // Its process may have removed it just now. Windows has no O_NOFOLLOW, and undefined counts as 0.
  const fd = fs.openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  const stats = fs.fstatSync(fd);
  const ownUid = process.geteuid?.() ?? stats.uid;
  if (!stats.isFile() || stats.nlink !== 1 || stats.uid !== ownUid) {
    fs.closeSync(fd);
    throw new Error("it is not a plain file of this user alone, so remove it");
  }
  if (stats.mode & 0o77) fs.fchmodSync(fd, 0o600);
  return fd;
}
