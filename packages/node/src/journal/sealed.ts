import { crc32 } from "./crc32.js";

// The first four bytes of a record are the CRC-32 of the rest.

/** @param length of the record, if the buffer is longer */
export function seal(record: Buffer, length = record.length): void {
  record.writeUInt32LE(crc32(record, 4, length));
}

export function isSealed(record: Buffer): boolean {
  return record.length > 4 && record.readUInt32LE() === crc32(record, 4, record.length);
}
