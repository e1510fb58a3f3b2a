import { parseText } from "../../../test/pushgateway/parse.js";

const OWN = /^(?:go|process|pushgateway)_/;
const PUSH_TIMES = /^push_(?:failure_)?time_seconds$/;

/**
 * Reduces a scrape to what two gateways must agree on: families in order, each with its samples. Of push times it keeps
 * "never" or "once". It leaves out the gateway's own metrics, and the help texts that groups disagree on: the real
 * gateway picks any of them.
 */
export function comparable(text: string, disagreeingHelp: ReadonlySet<string>): string {
  const families = parseText(text).filter(({ name }) => !OWN.test(name));
  return families
    .map(({ name, type, help, samples }) => {
      const lines = samples.map((sample) => {
        const value = PUSH_TIMES.test(name)
          ? sample.value === 0
            ? "never"
            : "once"
          : String(sample.value);
        return `  ${sample.name} ${JSON.stringify(sample.labels)} ${value}`;
      });
      // The real gateway has no fixed order for series whose labels have the same values under different names.
      return [
        `${name} ${type} ${disagreeingHelp.has(name) ? "" : JSON.stringify(help)}`,
        ...lines.sort(),
      ].join("\n");
    })
    .join("\n");
}
