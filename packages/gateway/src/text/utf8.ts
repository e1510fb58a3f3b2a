const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ASCII = /^[\0-\x7f]*$/;

/**
 * Decodes UTF-8.
 *
 * @param bytes one character per byte
 * @returns the text, or undefined if the bytes are not UTF-8
 */
export function utf8(bytes: string): string | undefined {
  if (ASCII.test(bytes)) return bytes;
  try {
    return decoder.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}

/** Orders texts by their UTF-8 bytes, as Go does. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // A surrogate is half of a character that comes after all others.
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
