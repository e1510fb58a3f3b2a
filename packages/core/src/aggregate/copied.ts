/** A copy of a text. A part of a text keeps the whole of it in memory. */
export function copied(text: string): string {
  return [text.slice(0, 1), text.slice(1)].join("");
}
