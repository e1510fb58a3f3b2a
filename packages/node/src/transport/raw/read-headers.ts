/** Names are tokens with the colon right after them; no line continues the one before; values have no controls. */
const LINES = /(?:[\w!#$%&'*+.^`|~-]+:[\t -~\x80-\xff]*\r\n){0,500}\r\n/y;
/** Only looked for in lines that are well-formed. */
const MEANINGFUL =
  /\r\n(content-length|transfer-encoding|(?:proxy-)?connection|keep-alive|location|upgrade):[\t ]*([^\r]*)/gi;

/** Those headers of an answer that mean something to a transport, by their names in lower case. */
export type Headers = Readonly<Partial<Record<string, string>>>;

const NONE: Headers = {};

/**
 * Reads header lines, or trailers, up to the empty line after them.
 *
 * @param text that ends with the empty line
 * @param from where the lines begin: after the end of another line
 * @throws Error if a line is malformed, or says again how long the body is
 */
export function readHeaders(text: string, from: number): Headers {
  LINES.lastIndex = from;
  if (!LINES.test(text)) throw new Error("a malformed header line");
  let headers: Partial<Record<string, string>> | undefined;
  MEANINGFUL.lastIndex = from - 2;
  for (let found; (found = MEANINGFUL.exec(text));) {
    const [, written = "", value = ""] = found;
    const name = written.toLowerCase();
    // llhttp trims some values and not others.
    if (/[\t ]$/.test(value)) throw new Error(`blanks after ${name}`);
    headers ??= Object.create(null) as Partial<Record<string, string>>;
    if (headers[name] === undefined) headers[name] = value;
    // Node.js, too, uses the first of several locations.
    else if (name !== "location") throw new Error(`two ${name} headers`);
  }
  return headers ?? NONE;
}

/**
 * Finds one header.
 *
 * @param text whose lines are well-formed
 * @param name in lower case
 * @returns its value; undefined if there is none
 */
export function headerIn(text: string, name: string): string | undefined {
  const [, value] = new RegExp(`\\r\\n${name}:[\\t ]*([^\\r]*)`, "i").exec(text) ?? [];
  return value?.trimEnd();
}
