import Table from "cli-table3";
import { Option } from "commander";
import { colors } from "./colors.js";

/** What the command line says about how to print. */
export interface PrintWords {
  readonly json?: boolean;
}

/** The option of every command: one JSON value for programs, in place of text for people. */
export function jsonOption(): Option {
  return new Option("--json", "print JSON, for programs");
}

/** Prints one JSON value on a line of its own. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * Prints columns, aligned, without borders. Numbers stand on the right.
 *
 * @param head the names of the columns
 */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const isNumeric = head.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  const table = new Table({
    head: head.map((name) => colors.bold(name)),
    colAligns: isNumeric.map((numeric) => (numeric ? "right" : "left")),
    chars: NO_BORDERS,
    style: { "padding-left": 0, "padding-right": 2, head: [], border: [] },
  });
  for (const row of rows) table.push(row.map(String));
  const lines = table.toString().split("\n");
  process.stdout.write(`${lines.map((line) => line.trimEnd()).join("\n")}\n`);
}

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
