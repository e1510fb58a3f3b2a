let table: Int32Array | undefined;

/**
 * CRC-32 as in zlib and Ethernet.
 *
 * `node:zlib` is not used: loading it takes milliseconds of a cold start, and not every Node 20 has its
 * `crc32`.
 *
 * @param end the position after the last byte
 */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  const t = (table ??= makeTable());
  let crc = -1;
  let i = start;
  // Four bytes at a time: only the lookups of the first depend on the bytes before.
  for (; i + 3 < end; i += 4) {
    crc =
      t[768 + ((crc ^ bytes[i]!) & 255)]! ^
      t[512 + (((crc >>> 8) ^ bytes[i + 1]!) & 255)]! ^
      t[256 + (((crc >>> 16) ^ bytes[i + 2]!) & 255)]! ^
      t[(crc >>> 24) ^ bytes[i + 3]!]!;
  }
  for (; i < end; i++) crc = t[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The CRC of each byte, followed by none, one, two or three zero bytes. */
function makeTable(): Int32Array {
  const made = new Int32Array(1_024);
  let crc = 1;
  for (let bit = 128; bit > 0; bit >>= 1) {
    crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320);
    // The CRC is linear: a byte with this bit as its lowest follows from the byte without it.
    for (let i = 0; i < 256; i += 2 * bit) made[i + bit] = made[i]! ^ crc;
  }
  for (let i = 256; i < 1_024; i++) {
    const before = made[i - 256]!;
    made[i] = made[before & 255]! ^ (before >>> 8);
  }
  return made;
}
