import { reasonOf } from "../runtime/reason.js";
import { warnOnce } from "../runtime/warn.js";
import type { Secret } from "../target/pushgateway.js";
import type { Options } from "./options.js";

/** The environment variables of a function. */
export type Env = Readonly<Record<string, unknown>>;

type Parser = (value: string) => string | number | boolean | object;

/**
 * Reads settings from options and environment variables. A malformed value is ignored with one warning.
 *
 * @param prefix of the variables, which are named like the options: `flushTimeoutMs`, `…_FLUSH_TIMEOUT_MS`
 * @param parsers by option; for a malformed value, each throws an error such as `is not a whole number`
 * @returns the settings that are set and well-formed
 */
export function readSettings<O extends Options, P extends { readonly [K in keyof O]?: Parser }>(
  options: O,
  env: Env,
  prefix: string,
  parsers: P,
): { [K in keyof P]?: ReturnType<Extract<P[K], Parser>> } {
  const found = Object.create(null) as Record<string, unknown>;
  for (const [option, parse] of Object.entries(parsers as Record<string, Parser>)) {
    const variable = prefix + option.replace(/[A-Z]/g, "_$&").toUpperCase();
    const given: unknown = options[option as keyof O];
    const value: unknown = given ?? env[variable] ?? "";
    if (value === "") continue;
    try {
      if (parse === secret && isBinding(value)) found[option] = value;
      else {
        // A password may begin and end with spaces, but not with the line feed of a file.
        const text =
          option === "password" ? textOf(value).replace(/[\r\n]+$/, "") : textOf(value).trim();
        if (text) found[option] = parse(text);
      }
    } catch (error) {
      const source = (given ?? undefined) === undefined ? variable : `the ${option} option`;
      // The value is not shown, since it may be a credential.
      warnOnce(variable, `${source} ${reasonOf(error)} and is ignored`);
    }
  }
  return found as ReturnType<typeof readSettings<O, P>>;
}

/** Any text, or a binding of Cloudflare's Secrets Store, which is read when it is first needed. */
export function secret(text: string): Secret {
  return text;
}

function isBinding(value: unknown): value is Exclude<Secret, string> {
  return typeof (Object(value) as { readonly get?: unknown }).get === "function";
}

/** @throws Error if it is not text; what an object would print means nothing to a gateway */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).join();
  if (/^(number|boolean|bigint)$/.test(typeof value)) return String(value);
  throw new Error("is not text");
}

/**
 * Parses whole numbers.
 *
 * @param most the highest one
 * @param least the lowest one. Default: 1
 * @returns a parser, which throws an Error that names the range
 */
export function upTo(most: number, least = 1) {
  return (value: string): number => {
    if (/^\d+$/.test(value) && +value >= least && +value <= most) return +value;
    throw new Error(`is not a whole number from ${least} to ${most}`);
  };
}

/**
 * Parses `1`, `true`, `0` and `false` in any case.
 *
 * @throws Error that names these for anything else
 */
export function parseBoolean(value: string): boolean {
  if (/^(true|1|false|0)$/i.test(value)) return /^(true|1)$/i.test(value);
  throw new Error("is not 1, true, 0 or false");
}
