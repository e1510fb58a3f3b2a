import { Document, isScalar, visit } from "yaml";

/**
 * A value as YAML, below a comment. Texts of several lines stay several lines.
 *
 * @param comment lines without `#`
 */
export function yamlText(value: object, comment: string): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === "string" && node.value.includes("\n"))
        node.type = "BLOCK_LITERAL";
    },
  });
  document.commentBefore = comment
    .split("\n")
    .map((line) => ` ${line}`)
    .join("\n");
  return document.toString({ lineWidth: 0 });
}
