/**
 * The start of a text, if it is longer than `most` characters; for messages, and for texts that are kept:
 * users can make them as long as they like.
 */
export function shorten(text: string, most: number): string {
  // `join` copies. A slice would keep the whole text in memory.
  return text.length > most ? [text.slice(0, most), "…"].join("") : text;
}
