import fs from "node:fs";

const real = { ...fs };

/** What a disk does to what a process writes to its journal. */
export interface Disk {
  /** The process that writes is gone: nothing that it still does has an effect. */
  gone: boolean;
  /** The last write of a process that was killed in it is whole. */
  readonly whole: boolean;
  /** A write failed: the journal is void. */
  readonly failed: boolean;
  full: boolean;
  /** Kills the process in a write: in which of the next, and how much of it, from 0 to 1, is written. */
  killIn(writes: number, share: number): void;
  /** There is space again, and nobody is killed in a write any more. */
  mend(): void;
  /** The process is gone; another has a disk with space. */
  next(): void;
  restore(): void;
}

/**
 * Stands between a journal in this folder and its file, and decides what of a write gets there. Fake,
 * since a process that is killed in a write, or has no space left, cannot be had at will.
 *
 * @param wrote told of each write that is whole, and where
 */
export function faultyDisk(directory: string, wrote: (at: number) => void): Disk {
  const open = new Set<number>();
  let killIn: { writes: number; readonly share: number } | undefined;
  let whole = false;
  let failed = false;

  const faulty = {
    openSync(...args: Parameters<typeof fs.openSync>) {
      const fd = real.openSync(...args);
      if (String(args[0]).startsWith(directory)) open.add(fd);
      return fd;
    },
    closeSync(fd: number) {
      open.delete(fd);
      real.closeSync(fd);
    },
    ftruncateSync(fd: number) {
      if (!open.has(fd) || !disk.gone) real.ftruncateSync(fd);
    },
    unlinkSync(path: string) {
      if (!path.startsWith(directory) || !disk.gone) real.unlinkSync(path);
    },
    writeSync(fd: number, bytes: Buffer, from: number, length: number, at: number) {
      if (!open.has(fd)) return real.writeSync(fd, bytes, from, length, at);
      if (disk.gone) throw new Error("the process is gone");
      if (disk.full) {
        failed = true;
        throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
      }
      const kills = killIn !== undefined && killIn.writes-- === 0;
      const part = kills ? Math.floor(length * killIn!.share) : length;
      real.writeSync(fd, bytes, from, part, at);
      if (kills) {
        disk.gone = true;
        // The rest may have been there before.
        const found = Buffer.alloc(length);
        real.readSync(fd, found, 0, length, at);
        whole = found.equals(bytes.subarray(from, from + length));
      }
      if (!kills || whole) wrote(at);
      if (kills) throw new Error("killed");
      return length;
    },
  };
  Object.assign(fs, faulty);

  const disk: Disk = {
    gone: false,
    full: false,
    get whole() {
      return whole;
    },
    get failed() {
      return failed;
    },
    killIn(writes, share) {
      killIn = { writes, share };
    },
    mend() {
      disk.full = false;
      killIn = undefined;
    },
    next() {
      disk.mend();
      disk.gone = whole = failed = false;
      for (const fd of open) real.closeSync(fd);
      open.clear();
    },
    restore() {
      disk.next();
      for (const name in faulty) Object.assign(fs, { [name]: real[name as keyof typeof faulty] });
    },
  };
  return disk;
}
