import { crc32 } from "node:zlib";

const stringType = 7;

/**
 * Encodes one message of `application/vnd.amazon.eventstream`: two lengths and their checksum,
 * headers, payload, and a checksum of the whole.
 */
export function eventStreamMessage(
  headers: Readonly<Record<string, string>>,
  payload: Buffer,
): Buffer {
  const encodedHeaders = Buffer.concat(
    Object.entries(headers).map(([name, value]) => encodeHeader(name, value)),
  );
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(12 + encodedHeaders.length + payload.length + 4, 0);
  prelude.writeUInt32BE(encodedHeaders.length, 4);
  const message = Buffer.concat([prelude, checksum(prelude), encodedHeaders, payload]);
  return Buffer.concat([message, checksum(message)]);
}

function encodeHeader(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([stringType]),
    length,
    Buffer.from(value),
  ]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
