import { parseText } from "../../../test/pushgateway/parse.js";

const OWN = /^(?:go|process|pushgateway)_/;
const PUSH_TIMES = /^push_(?:failure_)?time_seconds$/;

/**
 * What two gateways must agree on: families in their order, each with its samples. Push times are only "never" or
 * "once"; what a gateway says of itself is left out; so is the help of those names that groups do not agree on, of
 * which the real one takes any.
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
      // Series whose labels have the same values under other names come in any order from the real one.
      return [
        `${name} ${type} ${disagreeingHelp.has(name) ? "" : String(help)}`,
        ...lines.sort(),
      ].join("\n");
    })
    .join("\n");
}
