import type { GaugeAggregate, MetricType } from "../metrics/metric.js";
import { labelNameFault, MAX_NAME_LENGTH } from "../metrics/label-name.js";
import { shorten } from "../runtime/shorten.js";
import { Kind, type SnapshotLine } from "./line.js";
import { MalformedSnapshot } from "./malformed-snapshot.js";
import { readNumber } from "./read-number.js";

/** A snapshot whose structure is valid. Its values are checked by `checkValues`. */
export interface ReadSnapshot {
  readonly lines: readonly SnapshotLine[];
  /** As they are written, one a line. */
  readonly values: readonly number[];
  /** The newest acknowledged sequence number; 0 if there is none. */
  readonly acknowledged: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]*)$/s;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"(,|$)/y;
const COMMENT = /^# (HELP|TYPE|AGGREGATE) ([^ ]*) (.*)$/s;
const ACKNOWLEDGED = "# ACKNOWLEDGED ";

/** The longest value of a label that is taken, as it is written, in characters: twice what a writer can allow. */
const MAX_VALUE_LENGTH = 32_768;

/** A metric whose lines are being read. */
interface OpenMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  aggregate: GaugeAggregate | undefined;
  lines: number;
}

/** A histogram or summary of which a line is still to come. */
interface OpenSeries {
  readonly seriesKey: string;
  /** The bound of the bucket before. */
  below: number;
  expects: "_bucket" | "_sum" | "_count";
}

/**
 * Reads the text of a push strictly, line by line.
 *
 * @param text without the line that tells what was acknowledged, or with it
 * @param taken the labels of the group, which no series may have
 * @throws MalformedSnapshot
 */
export function readSnapshot(text: string, taken: ReadonlySet<string>): ReadSnapshot {
  if (!text.endsWith("\n")) throw new MalformedSnapshot("the text does not end with a line feed");
  const lines: SnapshotLine[] = [];
  const values: number[] = [];
  const names = new Set<string>();
  const seen = new Set<string>();
  let acknowledged = 0;
  let helpOf: readonly [name: string, help: string] | undefined;
  let metric: OpenMetric | undefined;
  let open: OpenSeries | undefined;
  /** Where the text before the next value begins. */
  let from = 0;
  let at = 0;

  const close = () => {
    if (open)
      throw new MalformedSnapshot(`metric "${shown(metric!.name)}" lacks its ${open.expects} line`);
    if (metric?.lines === 0)
      throw new MalformedSnapshot(`metric "${shown(metric.name)}" has no series`);
  };

  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end);
    const start = at;
    at = end + 1;
    if (!line.isWellFormed())
      throw new MalformedSnapshot(`line ${numberOf(text, start)} is not valid Unicode`);

    if (line.startsWith(ACKNOWLEDGED)) {
      const sequence = readNumber(line.slice(ACKNOWLEDGED.length));
      if (at !== text.length)
        throw new MalformedSnapshot("the ACKNOWLEDGED line is not the last one");
      if (sequence === undefined || !Number.isSafeInteger(sequence) || sequence < 1)
        throw new MalformedSnapshot(
          "the acknowledged sequence number is not a whole number from 1",
        );
      acknowledged = sequence;
      break;
    }

    if (line.startsWith("#")) {
      const [, word, name = "", rest = ""] = COMMENT.exec(line) ?? [];
      if (!word) {
        if (/^#\s*(HELP|TYPE|AGGREGATE)(\s|$)/.test(line))
          throw new MalformedSnapshot(
            `line ${numberOf(text, start)} is not a HELP, TYPE or AGGREGATE line`,
          );
        continue;
      }
      if (word === "HELP") {
        close();
        if (helpOf) throw new MalformedSnapshot(`metric "${shown(helpOf[0])}" has no TYPE line`);
        if (/\\(?![\\n])/.test(rest.replaceAll("\\\\", "")))
          throw new MalformedSnapshot(`the HELP text of "${shown(name)}" has an unknown escape`);
        helpOf = [name, rest];
        metric = undefined;
      } else if (word === "TYPE") {
        if (metric) close();
        if (helpOf?.[0] !== name)
          throw new MalformedSnapshot(
            `the TYPE line of "${shown(name)}" does not follow its HELP line`,
          );
        checkName(name, rest);
        if (names.has(name)) throw new MalformedSnapshot(`metric "${shown(name)}" appears twice`);
        names.add(name);
        if (!/^(counter|gauge|histogram|summary)$/.test(rest))
          throw new MalformedSnapshot(
            `metric "${shown(name)}" has the unknown type "${shown(rest)}"`,
          );
        if (/^(target_info|prefreeze_snapshot_sequence)$/.test(name) && rest !== "gauge")
          throw new MalformedSnapshot(`metric "${name}" is no gauge`);
        metric = {
          name,
          help: helpOf[1],
          type: rest as MetricType,
          aggregate: undefined,
          lines: 0,
        };
        helpOf = undefined;
      } else {
        if (
          metric?.name !== name ||
          metric.type !== "gauge" ||
          metric.lines > 0 ||
          metric.aggregate
        )
          throw new MalformedSnapshot(
            `the AGGREGATE line of "${shown(name)}" does not follow the TYPE line of a gauge`,
          );
        if (!/^(last|sum|max|min)$/.test(rest))
          throw new MalformedSnapshot(
            `gauge "${shown(name)}" has the unknown aggregate "${shown(rest)}"`,
          );
        metric.aggregate = rest as GaugeAggregate;
      }
      continue;
    }

    const [, sample = "", pairs = "", number = ""] = SAMPLE.exec(line) ?? [];
    if (!sample)
      throw new MalformedSnapshot(`line ${numberOf(text, start)} is not a series with one value`);
    if (!metric)
      throw new MalformedSnapshot(`series "${shown(sample)}" does not follow a TYPE line`);
    const value = readNumber(number);
    if (value === undefined)
      throw new MalformedSnapshot(
        `series "${shown(sample)}" has the value "${shown(number)}", which is not a number`,
      );
    const { name, type } = metric;
    const suffix = sample.startsWith(name) ? sample.slice(name.length) : undefined;
    const { labels, seriesKey, le } = readLabels(sample, pairs, taken);

    let kind: Kind;
    let bound: number | undefined;
    if (type === "counter" || type === "gauge") {
      if (suffix !== "") throw strayLine(sample, name);
      kind =
        type === "counter"
          ? Kind.counter
          : name === "prefreeze_snapshot_sequence"
            ? Kind.sequence
            : name === "target_info"
              ? Kind.info
              : Kind.gauge;
    } else {
      if (suffix !== "_bucket" && suffix !== "_sum" && suffix !== "_count")
        throw strayLine(sample, name);
      if (!open) {
        const expects = type === "histogram" ? "_bucket" : "_sum";
        open = { seriesKey, below: -Infinity, expects };
      }
      if (suffix !== open.expects || seriesKey !== open.seriesKey)
        throw new MalformedSnapshot(`metric "${shown(name)}" lacks its ${open.expects} line`);
      if (suffix === "_bucket") {
        kind = Kind.bucket;
        bound = le === undefined ? undefined : readNumber(le);
        if (bound === undefined || Number.isNaN(bound) || bound === -Infinity)
          throw new MalformedSnapshot(`a bucket of "${shown(name)}" has no bound`);
        if (bound <= open.below)
          throw new MalformedSnapshot(
            `the buckets of "${shown(name)}" are not in the order of their bounds`,
          );
        open.below = bound;
        if (bound === Infinity) open.expects = "_sum";
      } else if (suffix === "_sum") {
        kind = Kind.sum;
        open.expects = "_count";
      } else {
        kind = type === "histogram" ? Kind.histogramCount : Kind.summaryCount;
        open = undefined;
      }
    }
    if (le !== undefined && kind !== Kind.bucket)
      throw new MalformedSnapshot(
        `series "${shown(sample)}" has the label "le", which is reserved`,
      );
    const unique = `${sample}{${seriesKey}}${bound ?? ""}`;
    if (seen.has(unique)) throw new MalformedSnapshot(`series "${shown(sample)}" appears twice`);
    seen.add(unique);
    if ((kind === Kind.sequence || kind === Kind.info) && metric.lines > 0)
      throw new MalformedSnapshot(`metric "${shown(name)}" has more than one series`);
    if (kind === Kind.sequence && pairs) throw new MalformedSnapshot(`metric "${name}" has labels`);

    const isFirst = metric.lines++ === 0;
    lines.push({
      text: text.slice(from, end - number.length),
      kind,
      name,
      type,
      labels,
      seriesKey,
      bound,
      help: isFirst ? metric.help : undefined,
      aggregate: isFirst ? metric.aggregate : undefined,
    });
    values.push(value);
    from = end;
  }
  if (helpOf) throw new MalformedSnapshot(`metric "${shown(helpOf[0])}" has no TYPE line`);
  close();
  if (!names.has("prefreeze_snapshot_sequence"))
    throw new MalformedSnapshot('metric "prefreeze_snapshot_sequence" is missing');
  return { lines, values, acknowledged };
}

/** Names that the gateway or Prometheus sets. A group with one of them would be refused, with all its other series. */
const RESERVED =
  /^(?:up|push_time_seconds|push_failure_time_seconds|prefreeze_instances|(?:go|promhttp|pushgateway|scrape)_.*)$/;

/** The process collector of the gateway itself has metrics of such names and types. */
function isOfProcess(name: string, type: string): boolean {
  return type === (name.endsWith("_total") ? "counter" : "gauge");
}

function checkName(name: string, type: string): void {
  if (!NAME.test(name)) throw new MalformedSnapshot(`"${shown(name)}" is not a metric's name`);
  if (name.length > MAX_NAME_LENGTH)
    throw new MalformedSnapshot(
      `metric name "${shown(name)}" is longer than ${MAX_NAME_LENGTH} characters`,
    );
  if (RESERVED.test(name) || (name.startsWith("process_") && !isOfProcess(name, type)))
    throw new MalformedSnapshot(`metric name "${shown(name)}" is reserved`);
}

function readLabels(
  sample: string,
  pairs: string,
  taken: ReadonlySet<string>,
): { labels: string; seriesKey: string; le: string | undefined } {
  const written: string[] = [];
  const filled: string[] = [];
  const names = new Set<string>();
  let le: string | undefined;
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < pairs.length) {
    const [, label = "", value = "", comma] = LABEL.exec(pairs) ?? [];
    if (!label || (comma && LABEL.lastIndex === pairs.length))
      throw new MalformedSnapshot(
        `the labels of "${shown(sample)}" are not NAME="VALUE", separated by commas`,
      );
    if (names.has(label))
      throw new MalformedSnapshot(
        `series "${shown(sample)}" has the label "${shown(label)}" twice`,
      );
    names.add(label);
    if (value.length > MAX_VALUE_LENGTH)
      throw new MalformedSnapshot(
        `label "${shown(label)}" of "${shown(sample)}" is longer than ${MAX_VALUE_LENGTH} characters`,
      );
    if (label === "le") {
      le = value;
      continue;
    }
    const fault = labelNameFault(label);
    if (fault)
      throw new MalformedSnapshot(
        `series "${shown(sample)}" has the label "${shown(label)}", which ${fault}`,
      );
    if (taken.has(label))
      throw new MalformedSnapshot(
        `series "${shown(sample)}" has the label "${shown(label)}", which is a label of its group`,
      );
    const pair = `${label}="${value}"`;
    written.push(pair);
    if (value) filled.push(pair);
  }
  return { labels: written.join(), seriesKey: filled.sort().join(), le };
}

function strayLine(sample: string, name: string): MalformedSnapshot {
  return new MalformedSnapshot(`series "${shown(sample)}" is no line of metric "${shown(name)}"`);
}

function shown(text: string): string {
  return shorten(text, 100);
}

function numberOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
