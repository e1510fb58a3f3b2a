import { WrongInput } from "./wrong-input.js";

/**
 * Checks a number that code has passed; those of the command line are checked as they are parsed.
 *
 * @throws WrongInput if it is none, or outside of the range
 */
export function expectRange(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new WrongInput(`${name} is ${value}: give a number from ${least} to ${most}`);
}
