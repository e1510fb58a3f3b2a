import { BadRequest } from "./bad-request.js";
import type { FamilyType } from "./metric-family.js";
import { NAME_AND_REST, unquoted } from "./names.js";
import { familyOf, type OpenFamilies, type OpenFamily } from "./open-family.js";
import { unescape } from "./unescape.js";
import { utf8 } from "./utf8.js";

const COMMENT = /^#[ \t]*(?:(HELP|TYPE)[ \t]+(.*))?/s;
const TYPES: ReadonlyMap<string, FamilyType> = new Map([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["gaugehistogram", "gaugehistogram"],
  ["gauge_histogram", "gaugehistogram"],
  ["summary", "summary"],
  ["untyped", "untyped"],
]);

/**
 * Reads a line that starts with `#`. Only HELP and TYPE mean something.
 *
 * @throws BadRequest
 */
export function readComment(line: string, families: OpenFamilies): void {
  const [, keyword, rest] = COMMENT.exec(line) ?? [];
  if (keyword === undefined || rest === undefined || rest === "") return;
  const [, name, text] = NAME_AND_REST.exec(rest) ?? [];
  if (name === undefined)
    throw new BadRequest(`invalid metric name in comment ${JSON.stringify(rest)}`);
  if (text === undefined) return;
  const { family } = familyOf(unquoted(name), families);
  if (text === "") return;
  if (keyword === "HELP") setHelp(family, text);
  else setType(family, text);
}

function setHelp(family: OpenFamily, text: string): void {
  if (family.help !== undefined)
    throw new BadRequest(`second HELP line for metric name "${family.name}"`);
  const help = utf8(unescape(text));
  if (help === undefined) throw new BadRequest("the HELP text is not UTF-8");
  family.help = help;
}

function setType(family: OpenFamily, text: string): void {
  if (family.type !== undefined) {
    throw new BadRequest(
      `second TYPE line for metric name "${family.name}", or TYPE reported after samples`,
    );
  }
  // The real parser drops backslashes here, and accepts the type in any case.
  const type = TYPES.get(text.replaceAll("\\", "").toLowerCase());
  if (type === undefined) throw new BadRequest(`unknown metric type ${JSON.stringify(text)}`);
  family.type = type;
}
