/**
 * Draws random bytes from the system, whose source differs after a memory snapshot. If it has no file for them,
 * they are those of the global `crypto`, which takes milliseconds to load.
 *
 * @param length how many
 */
export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  try {
    const { closeSync, fstatSync, openSync, readSync } = process.getBuiltinModule("node:fs");
    const file = openSync("/dev/urandom", "r");
    try {
      // A copy of it, in a container say, would be the same for all.
      if (fstatSync(file).isCharacterDevice() && readSync(file, bytes, 0, length, null) === length)
        return bytes;
    } finally {
      closeSync(file);
    }
  } catch {
    // Windows, say.
  }
  return crypto.getRandomValues(bytes);
}
