/** Go's float syntax, which equals JavaScript's except for the infinities. */
export function formatValue(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : `${value}`;
}
