import { BadRequest } from "./bad-request.js";
import { readComment } from "./comment-line.js";
import type { Family } from "./metric-family.js";
import type { OpenFamilies } from "./open-family.js";
import { readSample } from "./sample-line.js";

const INDENT = /^[ \t]+/;

/**
 * Parses the text format 0.0.4. Accepts and refuses what the real gateway accepts and refuses.
 *
 * @returns the families that have a sample
 * @throws BadRequest naming the line
 */
export function parseText(body: Buffer): Family[] {
  const families: OpenFamilies = new Map();
  // One character per byte: label values are checked for UTF-8 one by one, and comments not at all.
  const lines = body.toString("latin1").split("\n");
  const unfinished = lines.pop() ?? "";
  lines.forEach((raw, index) => {
    try {
      const line = raw.replace(INDENT, "");
      if (line === "") return;
      if (line.startsWith("#")) readComment(line, families);
      else readSample(line, families);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      throw new BadRequest(`text format parsing error in line ${index + 1}: ${error.message}`);
    }
  });
  if (unfinished.replace(INDENT, "") !== "") {
    throw new BadRequest(
      `text format parsing error in line ${lines.length + 1}: the last line does not end with a line feed`,
    );
  }
  return [...families.values()]
    .filter(({ series }) => series.length > 0)
    .map(({ name, help, type = "untyped", series }) => ({ name, help, type, series }));
}
