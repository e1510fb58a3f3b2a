import { reasonOf } from "../runtime/reason.js";
import { base64 } from "./grouping-key.js";
import { isInDoubt, nothingSent } from "./push-error.js";

const HIDDEN = "(not shown, since it repeats a credential)";
/** A piece of a secret of this length is told from a word that happens to be in both texts. */
const PIECE = 6;

/** The texts in the headers and the query of a request that no message may repeat. */
export function secretsIn(
  { "content-type": _, ...headers }: Readonly<Record<string, string>>,
  query: string | undefined,
): string[] {
  const [, scheme = "", credentials = ""] =
    /^(\w+) (.*)/s.exec(headers["authorization"] ?? "") ?? [];
  const words = [...Object.values(headers), ...new URLSearchParams(query).values()]
    .flatMap((value) => value.split(" "))
    // An answer may speak of a bearer token without repeating one.
    .filter((word) => word.length >= PIECE && word !== scheme);
  return [...words, credentials, passwordIn(scheme, credentials)].filter(Boolean);
}

/** The password of basic auth. */
function passwordIn(scheme: string, credentials: string): string {
  try {
    const bytes = /^basic$/i.test(scheme) ? atob(credentials) : "";
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    return text.slice(text.indexOf(":") + 1);
  } catch {
    return "";
  }
}

/** @returns the text, or words in its place if it repeats a secret or a piece of one */
export function hide(text: string, secrets: readonly string[]): string {
  const texts = bare(text);
  const pieces = new Set(texts.flatMap(piecesOf));
  const writings = secrets.flatMap((secret) => [secret, base64(secret)]).flatMap(bare);
  const isRepeated = (piece: string) =>
    pieces.has(piece) || (piece.length < PIECE && texts.some((each) => each.includes(piece)));
  return writings.flatMap(piecesOf).some(isRepeated) ? HIDDEN : text;
}

/** @returns the error of a transport, or another one in its place if its message repeats a secret */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  const reason = reasonOf(error);
  const shown = hide(reason, secrets);
  if (shown === reason) return error;
  return isInDoubt(error) ? new Error(shown) : nothingSent(shown);
}

/**
 * Letters and digits alone, since a server may percent-encode all else, or escape it for JSON or HTML, or break
 * lines. What looks like an escape may be part of a secret, so there are two readings.
 */
function bare(text: string): string[] {
  const unescaped = text.replace(/%[0-9a-f]{2}|&#?\w+;|\\u[0-9a-f]{4}/gi, "");
  return [text, unescaped].map((each) => each.replace(/[^a-z0-9]/gi, "").toLowerCase());
}

/** A short text is one piece. */
function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(text.length - PIECE, 0) + 1 }, (_, i) =>
    text.slice(i, i + PIECE),
  );
}
