import { crc32 } from "./crc32.js";

// A record is sealed by the checksum of the rest of it, which is its first four bytes.

/** @param length of the record, which the buffer may be longer than */
export function seal(record: Buffer, length = record.length): void {
  record.writeUInt32LE(crc32(record, 4, length));
}

export function isSealed(record: Buffer): boolean {
  return record.length > 4 && record.readUInt32LE() === crc32(record, 4, record.length);
}
