import { createHash } from "node:crypto";
import { Refused } from "./refused.js";
import { RECORD } from "./settings.js";

/**
 * What `instrument` has changed, so that `uninstrument` restores it. It is a variable of the function: one request
 * changes a function and its record together, and a published version has its own. A tag would need a second request,
 * which can fail alone.
 */
export interface InstrumentRecord {
  /** The layer that was attached, or replaced another version of itself. */
  readonly layer: LayerRecord | undefined;
  readonly variables: ReadonlyMap<string, VariableRecord>;
}

export interface LayerRecord {
  /** Its ARN without the version. */
  readonly layer: string;
  /** The ARN with the version that was there before; undefined if it was not attached. */
  readonly was: string | undefined;
}

export interface VariableRecord {
  /** Tells whether the variable still has the value that it was given. */
  readonly fingerprint: string;
  /** The value that was there before; undefined if there was none. */
  readonly was: string | undefined;
}

const FORMAT = "1";
const ABSENT = "-";

/** Tells values apart: 36 bits of a SHA-256. */
export function fingerprint(value: string | undefined): string {
  if (value === undefined) return ABSENT;
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 6);
}

/** Writes a record as words of printable ASCII: variables are measured as JSON, in which quotes take two bytes. */
export function writeRecord({ layer, variables }: InstrumentRecord): string {
  const words = [FORMAT];
  if (layer !== undefined) {
    words.push(`layer=${layer.layer}${layer.was === undefined ? "" : `=${layer.was}`}`);
  }
  for (const [name, { fingerprint, was }] of variables) {
    words.push(`${name}:${fingerprint}${was === undefined ? "" : `=${escape(was)}`}`);
  }
  return words.join(" ");
}

/**
 * Reads a record.
 *
 * @returns undefined if there is none
 * @throws Refused if it is damaged
 */
export function readRecord(text: string | undefined): InstrumentRecord | undefined {
  if (text === undefined) return undefined;
  const [format, ...words] = text.split(" ");
  let layer: LayerRecord | undefined;
  const variables = new Map<string, VariableRecord>();
  for (const word of format === FORMAT ? words : [""]) {
    const [, arn, wasArn] = /^layer=([\w:-]+)(?:=([\w:-]+))?$/.exec(word) ?? [];
    const [, name, print, was] =
      /^([A-Za-z]\w+):([\w-]{1,6})(?:=((?:[!-$&-~]|%[\da-f]{4})*))?$/.exec(word) ?? [];
    if (arn !== undefined && layer === undefined) {
      layer = { layer: arn, was: wasArn };
    } else if (name !== undefined && print !== undefined && !variables.has(name)) {
      variables.set(name, {
        fingerprint: print,
        was: was === undefined ? undefined : unescape(was),
      });
    } else {
      throw new Refused(
        `its variable ${RECORD} is damaged, so what was there before is not known: put its layers and variables right by hand, and remove that variable`,
      );
    }
  }
  return { layer, variables };
}

/** By UTF-16 unit, so that every string comes back as it was. */
function escape(value: string): string {
  return value.replaceAll(
    /[^!-~]|%/g,
    (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function unescape(text: string): string {
  return text.replaceAll(/%([\da-f]{4})/g, (_, unit: string) =>
    String.fromCharCode(Number.parseInt(unit, 16)),
  );
}
