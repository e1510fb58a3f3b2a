import { randomOf } from "../truth/random.js";

/**
 * Makes ids and random pauses the same each time, so that a failing history fails again and can be shrunk.
 * @returns restores real randomness
 */
export function fixRandomness(): () => void {
  const { random } = Math;
  const { next } = randomOf(1, "model");
  const fill = (bytes: Uint8Array) => bytes.map((_, i) => (bytes[i] = Math.floor(next() * 256)));
  Math.random = next;
  Object.defineProperty(crypto, "getRandomValues", { value: fill, configurable: true });
  return () => {
    Math.random = random;
    Reflect.deleteProperty(crypto, "getRandomValues");
  };
}
