import fs from "node:fs";

const real = { ...fs };

/** Controls what happens to the writes of a process to its journal. */
export interface Disk {
  /** The process is gone: nothing that it still does has an effect. */
  gone: boolean;
  /** The last write of a process that was killed in it is complete. */
  readonly whole: boolean;
  /** A write failed, so the journal is abandoned. */
  readonly failed: boolean;
  full: boolean;
  /** Kills the process in a later write, after `writes` others, when this share of it, from 0 to 1, is written. */
  killIn(writes: number, share: number): void;
  /** Frees space, and cancels a kill that is planned. */
  mend(): void;
  /** The process is gone; the next one has a disk with space. */
  next(): void;
  restore(): void;
}

/**
 * Stands between the journals in a directory and the real disk, and decides how much of each write arrives. It
 * is a fake, since no process can be killed in a given write or run out of space at will.
 *
 * @param wrote called after each complete write, with its bytes and their offset
 */
export function faultyDisk(directory: string, wrote: (bytes: Buffer, at: number) => void): Disk {
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
        // The rest may equal what was there before.
        const found = Buffer.alloc(length);
        real.readSync(fd, found, 0, length, at);
        whole = found.equals(bytes.subarray(from, from + length));
      }
      if (!kills || whole) wrote(bytes.subarray(from, from + length), at);
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
