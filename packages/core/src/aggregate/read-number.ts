/** Go's float syntax, as far as the text format uses it; no hexadecimal digits and no underscores. */
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?Inf|NaN)$/;

/** The longest number that is read, in characters. */
const MAX_LENGTH = 400;

/** @returns undefined if the text is no number of the text format */
export function readNumber(text: string): number | undefined {
  if (text.length > MAX_LENGTH || !NUMBER.test(text)) return undefined;
  return Number(text.replace("Inf", "Infinity"));
}
