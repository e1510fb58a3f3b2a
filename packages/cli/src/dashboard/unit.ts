/**
 * Grafana's name of a metric's unit, by the end of the metric's name.
 *
 * @param name such as `charge_duration_seconds`
 */
export function unitOf(name: string): string {
  const [, ending] =
    /_(seconds|bytes|ratio|celsius|volts|amperes|joules|grams|meters)(?:_total)?$/.exec(name) ?? [];
  return ending === undefined ? "short" : UNITS[ending]!;
}

const UNITS: Readonly<Record<string, string>> = {
  seconds: "s",
  bytes: "bytes",
  ratio: "percentunit",
  celsius: "celsius",
  volts: "volt",
  amperes: "amp",
  joules: "joule",
  grams: "massg",
  meters: "lengthm",
};
