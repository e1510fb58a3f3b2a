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
  const texts = bare(text);
  const pieces = new Set(texts.flatMap(piecesOf));
  const writings = secrets.flatMap((secret) => [secret, base64(secret)]).flatMap(bare);
  const isRepeated = (secret: string) =>
    secret.length < PIECE
      ? texts.some((each) => each.includes(secret))
      : piecesOf(secret).some((piece) => pieces.has(piece));
  return writings.some(isRepeated) ? HIDDEN : text;
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

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(text.length - PIECE + 1, 0) }, (_, i) =>
    text.slice(i, i + PIECE),
  );
}
