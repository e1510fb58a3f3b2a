import { InvalidArgumentError } from "commander";

/**
 * Parses a whole number. Underscores or commas may separate its thousands.
 *
 * @throws InvalidArgumentError if it is none, or outside of the range
 */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,3}(?:[_,]?\d{3})*$|^\d+$/.test(text)
      ? Number(text.replaceAll(/[_,]/g, ""))
      : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}
