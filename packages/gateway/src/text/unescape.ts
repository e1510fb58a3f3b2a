import { BadRequest } from "./bad-request.js";

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\", '"': '"', n: "\n" };

/**
 * Replaces the escape sequences of help texts and label values.
 *
 * @throws BadRequest for any but `\\`, `\"` and `\n`
 */
export function unescape(text: string): string {
  return text.replace(/\\(.?)/gs, (escape, character: string) => {
    const meant = ESCAPES[character];
    if (meant === undefined)
      throw new BadRequest(`invalid escape sequence ${JSON.stringify(escape)}`);
    return meant;
  });
}
