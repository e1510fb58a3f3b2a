import { readFile } from "node:fs/promises";

const readme = new URL("../../README.md", import.meta.url);

/** A fenced block of a Markdown file, with the name in the comment above it, if it has one. */
export interface Block {
  readonly name: string | undefined;
  readonly language: string;
  readonly text: string;
}

/** @param file default: the README */
export async function readBlocks(file: string | URL = readme): Promise<Block[]> {
  const text = await readFile(file, "utf8");
  const fenced = /(?:<!-- (?:example: )?([\w-]+) -->\n)?```(\w*)\n(.*?)```/gs;
  return [...text.matchAll(fenced)].map(([, name, language = "", body = ""]) => ({
    name,
    language,
    text: body,
  }));
}

/** The rows of a file's table whose header row starts with this cell. */
export async function readTable(firstHeader: string, file: string | URL): Promise<string[][]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeader} |`));
  if (start < 0) throw new Error(`${String(file)} has no table that starts with "${firstHeader}".`);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
