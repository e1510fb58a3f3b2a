import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { ask, type Server, statusFault } from "../groups/ask.js";

/** What a scrape of the gateway gets. */
export type Scrape =
  | { readonly state: "whole" }
  /** Some metric cannot be written, and those behind it are missing. */
  | { readonly state: "empty" }
  | { readonly state: "refused"; readonly reasons: readonly Reason[]; readonly text: string };

/** One reason why the gateway cannot show its groups. */
export type Reason =
  /** The same series twice. The labels are those of the series. */
  | { readonly what: "duplicate"; readonly name: string; readonly labels: RawLabels }
  /** A value of a label is not UTF-8. The name is a metric's. */
  | { readonly what: "not-utf8"; readonly name: string; readonly labels: RawLabels }
  /** Two types, in two groups. */
  | { readonly what: "type"; readonly name: string }
  /** A metric is called as a part of another one. */
  | { readonly what: "collision"; readonly name: string; readonly other: string }
  /** The gateway has a metric of that name itself, of this type in lower case. */
  | { readonly what: "own"; readonly name: string; readonly type: string }
  /** A label that only a bucket or a quantile may have. */
  | { readonly what: "reserved"; readonly name: string }
  | { readonly what: "unknown"; readonly text: string };

/** Labels as the bytes that they are. */
export type RawLabels = ReadonlyMap<string, Uint8Array>;

/** Of 10,000 groups, each may be a reason. */
const MOST_BYTES = 32 * 1_024 * 1_024;

/**
 * Scrapes the gateway once.
 *
 * @throws ServerFault if it does not answer, or is none
 */
export async function scrape(pushgateway: Pushgateway, timeoutMs: number): Promise<Scrape> {
  const server: Server = { kind: "Pushgateway", ...pushgateway };
  const answer = await ask(server, "/metrics", { timeoutMs });
  if (answer.status === 200) return { state: (await answer.text(1)) === "" ? "empty" : "whole" };
  if (answer.status !== 500) {
    await answer.discard();
    throw statusFault(server, answer.status, "/metrics");
  }
  const text = await answer.text(MOST_BYTES);
  return { state: "refused", reasons: reasonsIn(text), text };
}

/** Reads the reasons from the gateway's words. */
export function reasonsIn(text: string): Reason[] {
  return text
    .split("\n")
    .map((line) => line.replace(/^\* /, "").trim())
    .filter((line) => line !== "" && !HEADINGS.test(line))
    .map(toReason);
}

const HEADINGS = /^An error has occurred|error\(s\) occurred:$/;
const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;
const METRIC = new RegExp(String.raw`^collected metric ${QUOTED} (\{.*\}) (.*)$`);
const COLLISION = new RegExp(
  String.raw`^collected [a-z ]+ named ${QUOTED} collides with previously collected \w+ named ${QUOTED}`,
);
const OWN = /^gathered metric family (\S+) has type \S+ but should have (\S+)/;
// The text of protobuf messages, in the spelling of two versions of Go's library.
const LABEL = new RegExp(
  String.raw`label:\s*[<{]\s*name:\s*${QUOTED}\s+value:\s*${QUOTED}\s*[>}]`,
  "g",
);

function toReason(line: string): Reason {
  const [, own, type] = OWN.exec(line) ?? [];
  if (own !== undefined && type !== undefined)
    return { what: "own", name: own, type: type.toLowerCase() };
  const [, first, second] = COLLISION.exec(line) ?? [];
  if (first !== undefined && second !== undefined)
    return { what: "collision", name: unquote(first), other: unquote(second) };
  const [, name, message = "", fault = ""] = METRIC.exec(line) ?? [];
  if (name === undefined) return { what: "unknown", text: line };
  const labels: RawLabels = new Map(
    [...message.matchAll(LABEL)].map(([, label = "", value = ""]) => [
      unquote(label),
      bytesOf(value),
    ]),
  );
  if (fault.startsWith("was collected before"))
    return { what: "duplicate", name: unquote(name), labels };
  if (fault.includes("is not utf8")) return { what: "not-utf8", name: unquote(name), labels };
  if (/^(is not a |should be a )/.test(fault)) return { what: "type", name: unquote(name) };
  if (fault.startsWith("must not have an explicit"))
    return { what: "reserved", name: unquote(name) };
  return { what: "unknown", text: line };
}

function unquote(text: string): string {
  return new TextDecoder().decode(bytesOf(text));
}

const ESCAPED =
  /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|[^\\]+/gsu;
const LETTERS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** The bytes of a text between quotes, as protobuf writes it. */
function bytesOf(text: string): Uint8Array {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [whole, octal, hex, short, long, letter] of text.matchAll(ESCAPED)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else {
      const code = short ?? long;
      const character =
        code === undefined
          ? letter === undefined
            ? whole
            : (LETTERS[letter] ?? letter)
          : String.fromCodePoint(Number.parseInt(code, 16));
      bytes.push(...encoder.encode(character));
    }
  }
  return Uint8Array.from(bytes);
}
