/**
 * How long ago something was, by the clock of a gateway.
 *
 * @param nowSeconds as the gateway's answer tells it: in whole seconds, so what has just happened seems to be in the future
 * @returns seconds; below zero only if a clock was wrong
 */
export function ageOf(atSeconds: number, nowSeconds: number): number {
  const age = nowSeconds - atSeconds;
  return age < 0 && age > -1.5 ? 0 : age;
}
