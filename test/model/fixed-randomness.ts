import { randomOf } from "../truth/random.js";

/**
 * Makes ids and random pauses the same each time, so that a failing history fails again and can be shrunk.
 * @returns restores real randomness
 */
export function fixRandomness(): () => void {
  const { random } = Math;
  const { next } = randomOf(1, "model");
  const digits = (count: number) =>
    Math.floor(next() * 16 ** count)
      .toString(16)
      .padStart(count, "0");
  const uuid = () =>
    `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(6)}${digits(6)}`;
  Math.random = next;
  Object.defineProperty(crypto, "randomUUID", { value: uuid, configurable: true });
  return () => {
    Math.random = random;
    Reflect.deleteProperty(crypto, "randomUUID");
  };
}
