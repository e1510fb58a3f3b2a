/** A text of strangers for a terminal: without characters that move its cursor or break a line, and not too long. */
export function printable(text: string, mostCharacters = 60): string {
  const shown = text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0)!.toString(16).padStart(4, "0");
    return `\\u{${code}}`;
  });
  return shown.length > mostCharacters ? `${shown.slice(0, mostCharacters - 1)}…` : shown;
}

// Control and formatting characters, separators of lines, and halves of pairs.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
