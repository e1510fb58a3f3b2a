import { gunzipSync } from "node:zlib";
import { seriesOf, type Values } from "./series.js";

/** A push of an instance, as the run reads it on its way. */
export interface Snapshot {
  /** The part of the instance's name that all lives of an environment share. */
  readonly environment: string;
  /** The whole grouping key. */
  readonly life: string;
  readonly sequence: number;
  /** The newest sequence that the instance knows to be acknowledged; 0: none. */
  readonly acknowledged: number;
  readonly values: Values;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * Reads a push. Written for the run, so that a fault of the library's own parser shows.
 *
 * @returns undefined if it is no snapshot of an instance
 */
export function readSnapshot(
  method: string,
  path: string,
  encoding: string | undefined,
  body: Buffer,
): Snapshot | undefined {
  const instance = /\/instance\/(\w{8})-[^/]*/.exec(path);
  if (method !== "PUT" || instance === null) return undefined;
  const text = (encoding === "gzip" ? gunzipSync(body) : body).toString();
  const values = new Map<string, number>();
  let sequence = 0;
  for (const line of text.split("\n")) {
    const [, name, pairs = "", number] = SAMPLE.exec(line.startsWith("#") ? "" : line) ?? [];
    if (name === undefined) continue;
    if (name === "prefreeze_snapshot_sequence") sequence = Number(number);
    const labels = Object.fromEntries(
      [...pairs.matchAll(LABEL)].map(([, label, value]) => [label, value]),
    );
    const series = seriesOf(name, labels);
    if (series === undefined) continue;
    values.set(series, (values.get(series) ?? 0) + Number(number));
  }
  const acknowledged = Number(/^# ACKNOWLEDGED (\d+)$/m.exec(text)?.[1] ?? 0);
  return { environment: instance[1]!, life: path, sequence, acknowledged, values };
}
