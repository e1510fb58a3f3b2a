/**
 * Reads the start of a file below `/proc/self`, which is no longer than this. It takes half the time that
 * `readFileSync` takes.
 */
export function procFile(name: string): string {
  const fs = process.getBuiltinModule("node:fs");
  const fd = fs.openSync(`/proc/self/${name}`, "r");
  try {
    const bytes = Buffer.alloc(4_096);
    return bytes.toString("latin1", 0, fs.readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    fs.closeSync(fd);
  }
}
