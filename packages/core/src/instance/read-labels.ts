import { catalog } from "../metrics/catalog.js";
import { bytesIn } from "../metrics/room.js";
import { reasonOf } from "../runtime/reason.js";
import { warnOnce } from "../runtime/warn.js";
import { checkLabel } from "../target/grouping-key.js";
import type { Options } from "./options.js";
import { type Env, readSettings } from "./read-settings.js";

type LabelOption = "grouping" | "labels";

/** The most that constant labels may add to a line, in bytes. */
const MAX_CONSTANT_BYTES = 500;

/**
 * Reads labels from an option, or from its variable.
 *
 * @param taken other labels that are in use
 * @param longest value of a constant label, in bytes
 * @throws TypeError if the option could break the gateway, or collides with a metric's label
 */
export function readLabels(
  option: LabelOption,
  options: Options,
  env: Env,
  taken: object = {},
  longest = Infinity,
): Readonly<Record<string, string>> {
  const labels = Object.create(null) as Record<string, string>;
  const given = options[option];
  const parsers: Partial<Record<LabelOption, typeof pairsIn>> = { [option]: pairsIn };
  const { [option]: listed = [] } = readSettings<Options, typeof parsers>(
    {},
    given ? {} : env,
    "PREFREEZE_",
    parsers,
  );
  for (const [label = "", value = ""] of given ? Object.entries(given) : listed) {
    let fault = ownerOf(option, label);
    if (Object.hasOwn(taken, label)) fault = "is a grouping label already";
    if (label in labels) fault = "is given twice";
    if (option === "labels") fault ??= lengthFault({ ...labels, [label]: value }, longest);
    try {
      checkLabel(label, value, fault, option === "labels" ? "constant label" : undefined);
      labels[label] = value;
    } catch (error) {
      if (given) throw error;
      warnOnce(
        String(error),
        `PREFREEZE_${option.toUpperCase()}: ${reasonOf(error).replace("prefreeze: ", "")}; the label is ignored`,
      );
    }
  }
  return labels;
}

/** A constant label is not for these, or for the others of them: `version`, say. */
const KEEPS_ITS_OWN = /^(target_info$|nodejs_)/;

/** A gateway would silently overwrite a series' label of the same name, and merge two series into one. */
function ownerOf(option: LabelOption, label: string): string | undefined {
  const metric = [...catalog.metrics.values()].find(
    ({ name, labelNames }) =>
      labelNames.includes(label) && (option === "grouping" || !KEEPS_ITS_OWN.test(name)),
  );
  // Its metric is defined later.
  const name = label === "result" ? "prefreeze_flushes_total" : metric?.name;
  return name && `is a label of the metric "${name}" already`;
}

function lengthFault(
  labels: Readonly<Record<string, unknown>>,
  longest: number,
): string | undefined {
  const most = Math.min(longest, MAX_CONSTANT_BYTES);
  // Another value is a fault of its own, and JSON may not have it.
  if (!Object.values(labels).every((value) => typeof value === "string")) return undefined;
  return bytesIn(labels) > most ? `makes the constant labels longer than ${most} bytes` : undefined;
}

function pairsIn(text: string): string[][] {
  const pairs = text.split(",").filter(Boolean);
  return pairs.map((pair) => pair.trim().split(/\s*=\s*(.*)/s));
}
