let table: Int32Array | undefined;

/**
 * CRC-32 as in zlib and Ethernet.
 *
 * Not that of `node:zlib`: loading it takes milliseconds of a cold start, and not every Node 20 has it.
 *
 * @param end after the last byte that it is taken of
 */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  const t = (table ??= makeTable());
  let crc = -1;
  let i = start;
  // Four bytes at a time, of which only the lookups depend on what came before.
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

/** For each byte, what it becomes when none, one, two or three bytes of zero follow it. */
function makeTable(): Int32Array {
  const made = new Int32Array(1_024);
  for (let i = 0; i < 1_024; i++) {
    let crc = i < 256 ? i : made[i - 256]!;
    if (i < 256)
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    else crc = made[crc & 255]! ^ (crc >>> 8);
    made[i] = crc;
  }
  return made;
}
