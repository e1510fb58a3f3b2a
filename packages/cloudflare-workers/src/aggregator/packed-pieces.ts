const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Before each key its length, and before each piece its own. */
const LENGTHS = 5;

/** Puts pieces with their keys into one. */
export function packed(pieces: ReadonlyMap<string, Uint8Array>): Uint8Array {
  let length = 0;
  for (const [key, piece] of pieces) length += LENGTHS + key.length + piece.length;
  const all = new Uint8Array(length);
  const view = new DataView(all.buffer);
  let at = 0;
  for (const [key, piece] of pieces) {
    all[at] = key.length;
    // Keys are ASCII.
    encoder.encodeInto(key, all.subarray(at + 1));
    view.setUint32(at + 1 + key.length, piece.length);
    all.set(piece, at + LENGTHS + key.length);
    at += LENGTHS + key.length + piece.length;
  }
  return all;
}

/** Reads what `packed` made. */
export function* unpacked(all: Uint8Array): Iterable<readonly [key: string, piece: Uint8Array]> {
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  for (let at = 0; at < all.length;) {
    const keyEnd = at + 1 + all[at]!;
    const pieceStart = keyEnd + 4;
    const pieceEnd = pieceStart + view.getUint32(keyEnd);
    yield [decoder.decode(all.subarray(at + 1, keyEnd)), all.subarray(pieceStart, pieceEnd)];
    at = pieceEnd;
  }
}
