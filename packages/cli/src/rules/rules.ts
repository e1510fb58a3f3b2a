import { basename, extname } from "node:path";
import { report } from "../output/report.js";
import { printJson, type PrintWords, printTable } from "../output/print.js";
import { WrongInput } from "../arguments/wrong-input.js";
import type { Through } from "../definitions/through.js";
import { loadDefinitions } from "./load-definitions.js";
import { shippedRules } from "./shipped-rules.js";
import { writeFiles } from "./write-files.js";
import { definitionFiles, shippedFiles, type WrittenFile } from "./written-files.js";

/** The options of `prefreeze rules`, parsed. */
export interface RulesWords extends PrintWords {
  readonly through?: Through;
  readonly out?: string;
  readonly title?: string;
  /** By job, in milliseconds. */
  readonly timeout?: Readonly<Record<string, number>>;
}

/** Writes or prints rules for the metrics of a file, or those that fit every function. */
export async function rules(file: string | undefined, words: RulesWords): Promise<void> {
  if (file === undefined) {
    for (const option of ["through", "title", "timeout"] as const) {
      if (words[option] !== undefined)
        throw new WrongInput(
          `--${option} needs a FILE: the rules without one are for all functions`,
        );
    }
    if (words.out === undefined) printShipped(words);
    else write(words.out, shippedFiles(), words);
    return;
  }
  const metrics = await loadDefinitions(file);
  const files = definitionFiles(metrics, {
    title: words.title ?? basename(file, extname(file)),
    ...(words.through && { through: words.through }),
    ...(words.timeout && { timeoutsMs: words.timeout }),
  });
  if (words.out !== undefined) write(words.out, files, words);
  else if (words.json) printJson({ metrics, files });
  else process.stdout.write(files[0]!.text);
}

function write(folder: string, files: readonly WrittenFile[], { json }: PrintWords): void {
  const written = writeFiles(folder, files).map((path, i) => ({ path, what: files[i]!.what }));
  if (json) printJson(written);
  else for (const { path, what } of written) report(`wrote ${path}: ${what}`);
}

function printShipped({ json }: PrintWords): void {
  const shipped = shippedRules();
  if (json) {
    printJson({ files: shippedFiles() });
    return;
  }
  printTable(
    ["FILE", "ALERT", "SEVERITY"],
    shipped.flatMap(({ name, alerts }) =>
      alerts.map((alert) => [`rules/${name}.yml`, alert.name, alert.severity]),
    ),
  );
}
