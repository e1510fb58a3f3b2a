// Names in a line of the text format. Either a whole name or its end may be in double quotes.
const METRIC_NAME = `(?:[a-zA-Z_:][a-zA-Z0-9_:]*(?:"[a-zA-Z0-9_:]*")?|"[a-zA-Z_:][a-zA-Z0-9_:]*")`;

/** The name in a comment, and the rest of the comment if a space or tab separates the two. */
export const NAME_AND_REST = new RegExp(`^(${METRIC_NAME})(?:[ \\t]+(.*))?$`, "s");

/** The name of a sample, before its labels. */
export const SAMPLE_NAME = new RegExp(METRIC_NAME, "y");

/** The name of a sample inside its braces: a colon has to be in quotes there. */
export const NAME_IN_BRACES =
  /(?:[a-zA-Z_][a-zA-Z0-9_]*(?:"[a-zA-Z0-9_:]*")?|"[a-zA-Z_:][a-zA-Z0-9_:]*")(?=[ \t]*[,}])/y;

/** The name of a label. */
export const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*(?:"[a-zA-Z0-9_]*")?|"[a-zA-Z_][a-zA-Z0-9_]*"/y;

/** @returns the name without its quotes */
export function unquoted(name: string): string {
  return name.replaceAll('"', "");
}
