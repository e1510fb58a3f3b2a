/** A file that outlives the process, and nobody else can read or have put there. */
export interface JournalFile {
  readonly path: string;
  /** What is there of that many bytes. */
  read(at: number, length: number): Buffer;
  /** Writes in one call, so that a kill leaves the first part of it at most. @throws Error */
  write(bytes: Buffer, at: number, length?: number): void;
  /** @throws Error where another has been put in its place, or none */
  expectInPlace(): void;
  /** Makes it empty. @throws Error */
  clear(): void;
  /** Removes it, and what is in it, as far as that can be done. */
  discard(): void;
  close(): void;
}

/** @throws Error where there can be none, or it is not a plain file of this user alone */
export function openJournalFile(path: string): JournalFile {
  const fs = process.getBuiltinModule("node:fs");
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
  // Windows has no such flag, and undefined counts as 0.
  const fd = fs.openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  const close = () => {
    fs.closeSync(fd);
  };
  const stats = fs.fstatSync(fd);
  const ownUid = process.geteuid?.() ?? stats.uid;
  if (!stats.isFile() || stats.nlink !== 1 || stats.uid !== ownUid) {
    close();
    throw new Error("is not a file of this user alone: remove it");
  }
  if (stats.mode & 0o77) fs.fchmodSync(fd, 0o600);
  return {
    path,
    read(at, length) {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, at));
    },
    write(bytes, at, length = bytes.length) {
      if (fs.writeSync(fd, bytes, 0, length, at) < length) throw new Error("the disk is full");
    },
    expectInPlace() {
      if (fs.fstatSync(fd).nlink === 0) throw new Error("somebody removed it");
    },
    clear() {
      fs.ftruncateSync(fd);
    },
    discard() {
      for (const work of [() => fs.ftruncateSync(fd), () => fs.unlinkSync(path), close]) {
        try {
          work();
        } catch {
          // Each does for itself.
        }
      }
    },
    close,
  };
}
