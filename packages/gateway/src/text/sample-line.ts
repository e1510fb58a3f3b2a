import { BadRequest } from "./bad-request.js";
import { parseGoFloat } from "./go-float.js";
import { LineReader } from "./line-reader.js";
import { isHistogram, type Series } from "./metric-family.js";
import { LABEL_NAME, NAME_IN_BRACES, SAMPLE_NAME, unquoted } from "./names.js";
import {
  familyOf,
  seriesOf,
  type OpenFamilies,
  type OpenFamily,
  type Part,
} from "./open-family.js";
import { unescape } from "./unescape.js";
import { utf8 } from "./utf8.js";

const LABEL_VALUE = /"((?:[^"\\]|\\.)*)"/sy;
const TOKEN = /[^ \t]*/y;
const TIMESTAMP = /^[+-]?\d+$/;
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Reads the line of a sample: a name, labels, a value, a timestamp.
 *
 * @throws BadRequest
 */
export function readSample(line: string, families: OpenFamilies): void {
  const reader = new LineReader(line);
  const { name, isInBraces } = readName(reader);
  const { family, part } = familyOf(name, families);
  family.type ??= "untyped";
  reader.skipBlanks();
  const hasLabels = isInBraces ? !reader.skip("}") : reader.skip("{");
  const { labels, at } = readLabels(reader, name, family, hasLabels);
  reader.skipBlanks();
  const token = reader.take(TOKEN) ?? "";
  const value = parseGoFloat(token);
  if (value === undefined)
    throw new BadRequest(`expected a float as value, got ${JSON.stringify(token)}`);
  const series = seriesOf(family, labels);
  setValue(series, family, part, at, value);
  if (reader.rest !== "") readTimestamp(reader, series);
}

/** Reads the name, which may also come first inside the braces: `{name, label="value"}`. */
function readName(reader: LineReader): { name: string; isInBraces: boolean } {
  const isInBraces = reader.skip("{");
  if (isInBraces) reader.skipBlanks();
  const name = reader.take(isInBraces ? NAME_IN_BRACES : SAMPLE_NAME);
  if (name === undefined) throw new BadRequest("invalid metric name");
  if (isInBraces) {
    reader.skipBlanks();
    reader.skip(",");
  }
  return { name: unquoted(name), isInBraces };
}

/**
 * Reads the labels up to the closing brace.
 *
 * @returns the labels without `le` and `quantile`, and the value of that one, or NaN
 */
function readLabels(
  reader: LineReader,
  name: string,
  family: OpenFamily,
  hasLabels: boolean,
): { labels: ReadonlyMap<string, string>; at: number } {
  const pointLabel = isHistogram(family.type)
    ? "le"
    : family.type === "summary"
      ? "quantile"
      : undefined;
  const labels = new Map<string, string>();
  let at = NaN;
  if (!hasLabels) return { labels, at };
  for (;;) {
    reader.skipBlanks();
    if (reader.skip("}")) return { labels, at };
    const label = readLabelName(reader, name);
    if (labels.has(label))
      throw new BadRequest(`duplicate label name "${label}" for metric "${name}"`);
    const value = readLabelValue(reader, label);
    if (label === pointLabel) at = readPoint(label, value);
    else labels.set(label, value);
    reader.skipBlanks();
    if (reader.skip("}")) return { labels, at };
    if (!reader.skip(","))
      throw new BadRequest(`unexpected end of the label value ${JSON.stringify(value)}`);
  }
}

function readLabelName(reader: LineReader, metric: string): string {
  const quoted = reader.take(LABEL_NAME);
  if (quoted === undefined) throw new BadRequest(`invalid label name for metric "${metric}"`);
  const label = unquoted(quoted);
  if (label === "__name__") throw new BadRequest(`label name "__name__" is reserved`);
  reader.skipBlanks();
  if (!reader.skip("=")) throw new BadRequest(`expected "=" after the label name "${label}"`);
  return label;
}

function readLabelValue(reader: LineReader, label: string): string {
  reader.skipBlanks();
  const raw = reader.take(LABEL_VALUE);
  if (raw === undefined)
    throw new BadRequest(`the value of the label "${label}" is not a quoted text in one line`);
  const value = utf8(unescape(raw));
  if (value === undefined) throw new BadRequest(`the value of the label "${label}" is not UTF-8`);
  return value;
}

function readPoint(label: string, value: string): number {
  const at = parseGoFloat(value);
  if (at === undefined)
    throw new BadRequest(
      `expected a float as value of the label "${label}", got ${JSON.stringify(value)}`,
    );
  return at;
}

function setValue(series: Series, family: OpenFamily, part: Part, at: number, value: number): void {
  if (isHistogram(family.type)) {
    if (part === "sum") {
      series.sum = value;
    } else if (part === "count") {
      if (value < 0) throw new BadRequest(`negative count for histogram "${family.name}"`);
      // The real gateway keeps a fractional count beside a whole one, and exports it.
      if (isUint64(series.count) || !isUint64(value)) series.count = value;
    } else if (!Number.isNaN(at)) {
      if (value < 0)
        throw new BadRequest(`negative bucket population for histogram "${family.name}"`);
      series.points.push({ at, value });
    }
  } else if (family.type === "summary") {
    if (part === "sum") series.sum = value;
    else if (part === "count") series.count = uint64(value);
    else if (!Number.isNaN(at)) series.points.push({ at, value });
  } else {
    series.value = value;
  }
}

function isUint64(value: number): boolean {
  return Number.isInteger(value) && value < 2 ** 64;
}

/** A summary's count is a whole number of 64 bits. Other values become what Go makes of them on amd64. */
function uint64(value: number): number {
  if (!(value > -(2 ** 63) && value < 2 ** 64)) return 2 ** 63;
  return Number(BigInt.asUintN(64, BigInt(Math.trunc(value))));
}

/** Checks the timestamp, and that nothing follows it. */
function readTimestamp(reader: LineReader, series: Series): void {
  reader.skipBlanks();
  const timestamp = reader.rest;
  if (!TIMESTAMP.test(timestamp) || !fitsInt64(timestamp)) {
    throw new BadRequest(
      `expected an integer as timestamp and then the end of the line, got ${JSON.stringify(timestamp)}`,
    );
  }
  series.hasTimestamp = true;
}

function fitsInt64(digits: string): boolean {
  const value = BigInt(digits.replace("+", ""));
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}
