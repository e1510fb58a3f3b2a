import { reasonOf } from "../runtime/reason.js";
import { base64 } from "./grouping-key.js";
import { isInDoubt, nothingSent } from "./push-error.js";

const HIDDEN = "(not shown, since it repeats a credential)";
/** A piece of a secret of this length is told from a word that happens to be in both texts. */
const PIECE = 6;

/** The texts in the headers and the query of a request that no message may repeat. */
export function secretsIn(
  headers: Readonly<Record<string, string>>,
  query: string | undefined,
  ...credentials: readonly (string | undefined)[]
): string[] {
  const { "content-type": _, ...others } = headers;
  const words = [...Object.values(others), ...new URLSearchParams(query).values()];
  return [
    ...words.flatMap((value) => value.split(" ")).filter((word) => word.length >= PIECE),
    ...[...credentials, passwordIn(others["authorization"])].filter((each) => each !== undefined),
  ].filter(Boolean);
}

/** The password of a header for basic auth that the user wrote. */
function passwordIn(authorization = ""): string | undefined {
  try {
    return /^[^:]*:(.*)$/s.exec(atob(/^basic (.*)/i.exec(authorization)?.[1] ?? ""))?.[1];
  } catch {
    return undefined;
  }
}

/** @returns the text, or words in its place if it repeats a secret or a piece of one */
export function hide(text: string, secrets: readonly string[]): string {
  const texts = readingsOf(text).map((reading) => reading.toLowerCase());
  const pieces = new Set(texts.flatMap(piecesOf));
  const isRepeated = (secret: string) =>
    secret.length < PIECE
      ? texts.some((each) => each.includes(secret))
      : piecesOf(secret).some((piece) => pieces.has(piece));
  return secrets.flatMap(writingsOf).some(isRepeated) ? HIDDEN : text;
}

/** @returns the error of a transport, or another one in its place if its message repeats a secret */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  const reason = reasonOf(error);
  const shown = hide(reason, secrets);
  if (shown === reason) return error;
  return isInDoubt(error) ? new Error(shown) : nothingSent(shown);
}

/** The text, as it is and with its escapes resolved, each also without the line breaks that a long one gets. */
function readingsOf(text: string): string[] {
  const character = (code: string) => String.fromCodePoint(Number(code) || 0xfffd);
  const readings = [
    text,
    text.replace(/\+/g, " ").replace(/(%[0-9a-f]{2})+/gi, percentDecoded),
    text
      .replace(/&#(\d{1,6});/g, (_, code: string) => character(code))
      .replace(/&#x([0-9a-f]{1,5});/gi, (_, code: string) => character(`0x${code}`))
      .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name]),
    text.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (_, code?: string, other = "") =>
      code ? character(`0x${code}`) : String(other),
    ),
  ];
  return readings.flatMap((reading) => [reading, reading.replace(/\s+/g, "")]);
}

const ENTITIES = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The ways in which a server may write a secret that it has read. */
function writingsOf(secret: string): string[] {
  const text = secret.replace(/\p{Surrogate}/gu, "\ufffd");
  const encoded = base64(text).replace(/=+$/, "");
  const url = encoded.replaceAll("+", "-").replaceAll("/", "_");
  return [text, encodeURIComponent(text), encoded, url].map((each) => each.toLowerCase());
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(text.length - PIECE + 1, 0) }, (_, i) =>
    text.slice(i, i + PIECE),
  );
}
