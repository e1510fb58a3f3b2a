/** Reads a line from left to right. */
export class LineReader {
  readonly #line: string;
  #position = 0;

  constructor(line: string) {
    this.#line = line;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.#line.charAt(this.#position);
  }

  /** The part of the line that is not read yet. */
  get rest(): string {
    return this.#line.slice(this.#position);
  }

  /** @returns whether the next character is this one, which then is read */
  skip(character: string): boolean {
    if (this.next !== character) return false;
    this.#position += 1;
    return true;
  }

  skipBlanks(): void {
    while (this.next === " " || this.next === "\t") this.#position += 1;
  }

  /**
   * @param pattern sticky
   * @returns its first group, or all that it matches; undefined if it does not match here
   */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#line);
    if (match === null) return undefined;
    this.#position = pattern.lastIndex;
    return match[1] ?? match[0];
  }
}
