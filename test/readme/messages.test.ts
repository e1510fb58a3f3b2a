import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./guides.js";

/** The guides, and the sources whose messages each of them explains. */
const explained = [
  { guide: "packages/core/README.md", sources: ["packages/core/src"], atLeast: 30 },
  { guide: "packages/aggregator/README.md", sources: ["packages/core/src/aggregate"], atLeast: 40 },
  {
    guide: "packages/aws-lambda/README.md",
    sources: [
      "packages/aws-lambda/src",
      "packages/aws-lambda/layer",
      "packages/node/src/journal",
      "packages/node/src/process",
    ],
    atLeast: 15,
  },
];

/** Errors of AWS's own runtime client, in its words. */
const IMITATES_THE_RUNTIME = /load-handler\.ts$/;
/** What only an aggregator says stands in its own guide. */
const OF_AGGREGATORS = /^aggregate\/|parse-grouping-key\.ts$/;
/** Reach nobody: AWS's client answers with an error of its own, and an aggregator with a status. */
const NO_MESSAGES = ["no promise, no stream", "unknown life"];

/** A literal of a source, with `…` for what a template fills in. */
interface Literal {
  readonly file: string;
  readonly text: string;
}

/** Every literal that reads as words. */
function messagesIn(folder: string): Literal[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts") && !IMITATES_THE_RUNTIME.test(file))
    .filter((file) => !OF_AGGREGATORS.test(file))
    .flatMap((file) => {
      return literalsIn(messageCode(readFileSync(join(root, folder, file), "utf8")))
        .filter((text) => isMessage(text) && !NO_MESSAGES.includes(text))
        .map((text) => ({ file, text }));
    });
}

/** Two words at least; texts of pushes and files, which no person reads, have line breaks or marks. */
function isMessage(text: string): boolean {
  return /[a-z]+ .*[a-z]+/i.test(text.replaceAll("…", "")) && !/[#<>{\n]|;\s*version=/.test(text);
}

/** The code without comments, subjects of warnings, keys of symbols, and help texts, which the guides have in other words. */
function messageCode(code: string): string {
  return code
    .replaceAll(/\/\*.*?\*\/|^\s*\/\/.*?$/gms, "")
    .replaceAll(/\bwarnOnce\(\s*"[^"]*",/g, "warnOnce(")
    .replaceAll(/\bhelp: "[^"]*"/g, "")
    .replaceAll(/\bSymbol\.for\("[^"]*"\)/g, "")
    .replaceAll(/\b(?:builtIn|ownHistogram)\((?:[^()]|\([^()]*\))*\)/g, "");
}

/** String literals and templates, those inside of a template's `${…}` left out. */
function literalsIn(code: string): string[] {
  const literal = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.|\$\{(?:[^{}`]|`[^`]*`)*\}|\$(?!\{))*)`/g;
  return [...code.matchAll(literal)].map(([, string, template]) =>
    (string ?? template ?? "")
      .replaceAll(/\$\{(?:[^{}`]|`[^`]*`)*\}/g, "…")
      .replaceAll("\\n", "\n")
      .replaceAll(/\\(.)/g, "$1")
      .replace(/^prefreeze: /, ""),
  );
}

test.each(explained)("$guide explains every message that its code can print", (each) => {
  const { guide, sources, atLeast } = each;
  const prose = readFileSync(join(root, guide), "utf8").replaceAll(/^ *```.*?^ *```$/gms, "");
  // A line break inside of code is a space.
  const code = Array.from(prose.matchAll(/`([^`]+)`/g), ([, text]) =>
    text!.replaceAll(/\s+/g, " "),
  );
  const messages = sources.flatMap(messagesIn);
  expect(messages.length).toBeGreaterThanOrEqual(atLeast);
  expect(messages.filter(({ text }) => !code.some((shown) => isShown(shown, text)))).toEqual([]);
});

/** Whether the page's code has the message, or is a longer one with it inside. */
function isShown(shown: string, message: string): boolean {
  const parts = message.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(^| )${parts.join(".+")}`).test(shown);
}
