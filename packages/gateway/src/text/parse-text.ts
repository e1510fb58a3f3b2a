import { BadRequest } from "./bad-request.js";
import { parseGoFloat } from "./go-float.js";
import {
  labelsKey,
  sortedLabels,
  type Family,
  type FamilyType,
  type Series,
} from "./metric-family.js";
import { utf8 } from "./utf8.js";

const TYPES: readonly string[] = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "untyped",
] satisfies FamilyType[];
const COMMENT = /^#[ \t]*(?:(HELP|TYPE)[ \t]+(.*))?/s;
const NAME_AND_REST = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:[ \t]+(.*))?$/s;
const SAMPLE_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const LABEL_VALUE = /"((?:[^"\\]|\\.)*)"/sy;
const BLANK = /[ \t]*/y;
const TOKEN = /[^ \t]*/y;
const TIMESTAMP = /^[+-]?\d+$/;
const INT64_MAX = 2n ** 63n - 1n;

interface OpenFamily {
  readonly name: string;
  help: string | undefined;
  type: FamilyType | undefined;
  readonly series: Series[];
  /** Of histograms and summaries, by their labels without `le` and `quantile`. */
  readonly byLabels: Map<string, Series>;
}

/** What the suffix of a sample's name makes of it in a histogram or summary. */
type Part = "count" | "sum" | "point";

/**
 * Reads the text format 0.0.4, taking and refusing what the real gateway takes and refuses.
 *
 * @throws BadRequest naming the line
 */
export function parseText(body: Buffer): Family[] {
  const families = new Map<string, OpenFamily>();
  // One character a byte: the format is one of bytes, and label values need not be UTF-8 until they are checked.
  const lines = body.toString("latin1").split("\n");
  const unfinished = lines.pop() ?? "";
  lines.forEach((raw, index) => {
    try {
      const line = raw.replace(/^[ \t]+/, "");
      if (line === "") return;
      if (line.startsWith("#")) readComment(line, families);
      else readSample(line, families);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      throw new BadRequest(`text format parsing error in line ${index + 1}: ${error.message}`);
    }
  });
  if (unfinished.replace(/^[ \t]+/, "") !== "") {
    throw new BadRequest(
      `text format parsing error in line ${lines.length + 1}: the last line does not end with a line feed`,
    );
  }
  return [...families.values()]
    .filter(({ series }) => series.length > 0)
    .map(({ name, help, type = "untyped", series }) => ({ name, help, type, series }));
}

function readComment(line: string, families: Map<string, OpenFamily>): void {
  const [, keyword, rest] = COMMENT.exec(line) ?? [];
  if (keyword === undefined || rest === undefined || rest === "") return;
  const [, name, text] = NAME_AND_REST.exec(rest) ?? [];
  if (name === undefined)
    throw new BadRequest(`invalid metric name in comment ${JSON.stringify(rest)}`);
  if (text === undefined) return;
  const { family } = familyOf(name, families);
  if (text === "") return;
  if (keyword === "HELP") {
    if (family.help !== undefined)
      throw new BadRequest(`second HELP line for metric name "${family.name}"`);
    family.help = unescapeHelp(text);
    return;
  }
  if (family.type !== undefined) {
    throw new BadRequest(
      `second TYPE line for metric name "${family.name}", or TYPE reported after samples`,
    );
  }
  // Go's parser drops backslashes here, and takes the type in any case.
  const type = text.replaceAll("\\", "").toLowerCase();
  if (!isType(type)) throw new BadRequest(`unknown metric type ${JSON.stringify(text)}`);
  family.type = type;
}

function isType(text: string): text is FamilyType {
  return TYPES.includes(text);
}

function unescapeHelp(text: string): string {
  const help = utf8(unescape(text, { "\\": "\\", n: "\n" }));
  if (help === undefined) throw new BadRequest("the HELP text is not UTF-8");
  return help;
}

/** @throws BadRequest for an escape that is not among those given */
function unescape(text: string, escapes: Readonly<Record<string, string>>): string {
  return text.replace(/\\(.?)/gs, (escape, character: string) => {
    const meant = escapes[character];
    if (meant === undefined)
      throw new BadRequest(`invalid escape sequence ${JSON.stringify(escape)}`);
    return meant;
  });
}

function readSample(line: string, families: Map<string, OpenFamily>): void {
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position;
    const match = pattern.exec(line);
    if (match !== null) position = pattern.lastIndex;
    return match ?? undefined;
  };
  const name = take(SAMPLE_NAME)?.[0];
  if (name === undefined) throw new BadRequest("invalid metric name");
  const { family, part } = familyOf(name, families);
  family.type ??= "untyped";
  const pointLabel =
    family.type === "histogram" ? "le" : family.type === "summary" ? "quantile" : undefined;

  const labels = new Map<string, string>();
  let at = NaN;
  take(BLANK);
  if (line[position] === "{") {
    position += 1;
    for (;;) {
      take(BLANK);
      if (line[position] === "}") break;
      const label = take(LABEL_NAME)?.[0];
      if (label === undefined) throw new BadRequest(`invalid label name for metric "${name}"`);
      if (label === "__name__") throw new BadRequest(`label name "__name__" is reserved`);
      take(BLANK);
      if (line[position] !== "=")
        throw new BadRequest(`expected "=" after the label name "${label}"`);
      if (labels.has(label))
        throw new BadRequest(`duplicate label name "${label}" for metric "${name}"`);
      position += 1;
      take(BLANK);
      const raw = take(LABEL_VALUE)?.[1];
      if (raw === undefined)
        throw new BadRequest(`the value of the label "${label}" is not a quoted text in one line`);
      const value = utf8(unescape(raw, { "\\": "\\", '"': '"', n: "\n" }));
      if (value === undefined)
        throw new BadRequest(`the value of the label "${label}" is not UTF-8`);
      if (label === pointLabel) {
        const bound = parseGoFloat(value);
        if (bound === undefined)
          throw new BadRequest(
            `expected a float as value of the label "${label}", got ${JSON.stringify(value)}`,
          );
        at = bound;
      } else {
        labels.set(label, value);
      }
      take(BLANK);
      if (line[position] === "}") break;
      if (line[position] !== ",")
        throw new BadRequest(`unexpected end of the label value ${JSON.stringify(value)}`);
      position += 1;
    }
    position += 1;
    take(BLANK);
  }

  const number = take(TOKEN)?.[0] ?? "";
  const value = parseGoFloat(number);
  if (value === undefined)
    throw new BadRequest(`expected a float as value, got ${JSON.stringify(number)}`);
  const series = seriesOf(family, labels);
  if (pointLabel === undefined) series.value = value;
  else if (part === "count") series.count = uint64(value);
  else if (part === "sum") series.sum = value;
  else if (!Number.isNaN(at))
    series.points.push({ at, value: family.type === "histogram" ? uint64(value) : value });

  if (position === line.length) return;
  take(BLANK);
  const timestamp = line.slice(position);
  if (!TIMESTAMP.test(timestamp) || !fitsInt64(timestamp)) {
    throw new BadRequest(
      `expected an integer as timestamp and then the end of the line, got ${JSON.stringify(timestamp)}`,
    );
  }
  series.hasTimestamp = true;
}

/** `h_count` belongs to the histogram `h`, unless a family of that very name came first. */
function familyOf(
  name: string,
  families: Map<string, OpenFamily>,
): { family: OpenFamily; part: Part } {
  const exact = families.get(name);
  if (exact !== undefined) return { family: exact, part: "point" };
  const [, base, suffix] = /^(.+)_(count|sum|bucket)$/s.exec(name) ?? [];
  const parent = base === undefined ? undefined : families.get(base);
  if (parent?.type === "histogram" || (parent?.type === "summary" && suffix !== "bucket")) {
    return { family: parent, part: suffix === "count" || suffix === "sum" ? suffix : "point" };
  }
  const family: OpenFamily = {
    name,
    help: undefined,
    type: undefined,
    series: [],
    byLabels: new Map(),
  };
  families.set(name, family);
  return { family, part: "point" };
}

function seriesOf(family: OpenFamily, labels: ReadonlyMap<string, string>): Series {
  const sorted = sortedLabels(labels);
  const isOne = family.type === "histogram" || family.type === "summary";
  const key = isOne ? labelsKey(sorted) : "";
  const known = isOne ? family.byLabels.get(key) : undefined;
  if (known !== undefined) return known;
  const series: Series = {
    labels: sorted,
    value: 0,
    points: [],
    sum: 0,
    count: 0,
    hasTimestamp: false,
  };
  family.series.push(series);
  if (isOne) family.byLabels.set(key, series);
  return series;
}

/** Counts are whole numbers of 64 bits. What does not fit becomes what Go makes of it on the usual processors. */
function uint64(value: number): number {
  if (!(value > -(2 ** 63) && value < 2 ** 64)) return 2 ** 63;
  return Number(BigInt.asUintN(64, BigInt(Math.trunc(value))));
}

function fitsInt64(digits: string): boolean {
  const value = BigInt(digits.replace("+", ""));
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}
