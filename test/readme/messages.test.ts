import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./guides.js";

/** The guides, and the sources whose messages each of them explains, but for the files that match `except`. */
const explained: readonly {
  readonly guide: string;
  readonly sources: readonly string[];
  readonly except?: RegExp;
  readonly atLeast: number;
}[] = [
  {
    guide: "packages/core/README.md",
    sources: ["packages/core/src", "packages/node/src/transport"],
    // What an aggregator says, and what the guide of node explains.
    except:
      /\/aggregate\/|\/upstream\/|\/parse-grouping-key\.ts$|\/raw\/|\/(?:http-transport|asked-transport|is-proxied)\.ts$/,
    atLeast: 30,
  },
  {
    guide: "packages/aggregator/README.md",
    sources: [
      "packages/aggregator/src",
      ...["aggregate", "upstream", "target"].map((room) => `packages/core/src/${room}`),
    ],
    // The page, the help texts of metrics, and what the guide of core explains.
    except: /\/page\/|\/own-metrics\.ts$|\/target\/(?!parse-grouping-key)/,
    atLeast: 60,
  },
  {
    guide: "packages/cli/README.md",
    sources: ["packages/cli/src"],
    // The help, tables, and what `guard` finds, which its guide tells by kind; what `check` finds, of which its own test
    // looks for the messages; texts of dashboards, rules and tests.
    except:
      /-(?:command|option)\.ts$|\/print(?:-[\w-]+)?\.ts$|\/guard\/(?!remove)|\/check\/|\/dashboard\/|\/rules\/(?!(?:definition-rules|inertly|load-definitions|rules|write-files)\.ts)/,
    atLeast: 15,
  },
  {
    guide: "packages/cloudflare-workers/README.md",
    sources: ["packages/cloudflare-workers/src", "packages/core/src/upstream"],
    // The help texts of metrics.
    except: /\/queue-backlog\.ts$|\/tail-metrics\.ts$/,
    atLeast: 20,
  },
  {
    guide: "packages/node/README.md",
    sources: ["server", "batch", "measures", "transport"].map(
      (room) => `packages/node/src/${room}`,
    ),
    // The help texts of metrics, what the guide of core explains, and the name of a module.
    except:
      /\/request-metrics\.ts$|\/job-result\.ts$|\/measures\/(?!process-metrics)|\/(?:connection-advice|is-proxied)\.ts$/,
    atLeast: 12,
  },
  {
    guide: "packages/node/MIGRATING.md",
    sources: ["packages/node/src/prom-client"],
    atLeast: 12,
  },
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
/**
 * Reach nobody: AWS's client answers with an error of its own; an answer of the aggregate has a text of its own; a key;
 * texts of the Workers runtime, by which its errors are told.
 */
const NO_MESSAGE = [
  "no promise, no stream",
  "unknown life",
  "… in part",
  "no such table",
  "Aborting engine:",
];

/** A literal of a source, with `…` for what a template fills in. */
interface Literal {
  readonly file: string;
  readonly text: string;
}

/** Every literal that reads as words. */
function messagesIn(folder: string, except = IMITATES_THE_RUNTIME): Literal[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files
    .map((file) => `${folder}/${file}`)
    .filter((file) => file.endsWith(".ts") && !except.test(file))
    .flatMap((file) => {
      return literalsIn(messageCode(readFileSync(join(root, file), "utf8")))
        .filter((text) => isMessage(text) && !NO_MESSAGE.includes(text))
        .map((text) => ({ file, text }));
    });
}

/** Two words at least; texts of pushes and files, which no person reads, have line breaks or marks. */
function isMessage(text: string): boolean {
  const isText = !/[#<>{\n]|;\s*version=|^(?:CREATE|DELETE|INSERT|SELECT) /.test(text);
  return isText && /[a-z]+ .*[a-z]+/i.test(text.replaceAll("…", ""));
}

/** The code without comments, subjects of warnings, keys of symbols, and help texts, which the guides have in other words. */
function messageCode(code: string): string {
  return code
    .replaceAll(/\/\*.*?\*\/|^\s*\/\/.*?$/gms, "")
    .replaceAll(/\bwarnOnce\(\s*"[^"]*",/g, "warnOnce(")
    .replaceAll(/\bhelp: "[^"]*"/g, "")
    .replaceAll(/\.(?:description|version|helpOption)\((?:[^()]|\([^()]*\))*\)/g, "")
    .replaceAll(/\bSymbol\.for\("[^"]*"\)/g, "")
    .replaceAll(/\b(?:builtIn|ownHistogram)\((?:[^()]|\([^()]*\))*\)/g, "");
}

/** String literals and templates, those inside of a template's `${…}` left out. */
function literalsIn(code: string): string[] {
  const literal = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.|\$\{(?:[^{}`]|`[^`]*`)*\}|\$(?!\{))*)`/g;
  return [...code.matchAll(literal)].map(([, string, template]) =>
    (string ?? template ?? "")
      .replaceAll(/\$\{(?:[^{}`]|`[^`]*`)*\}|\$\d/g, "…")
      .replaceAll("\\n", "\n")
      .replaceAll(/\\(.)/g, "$1")
      .replace(/^prefreeze: /, ""),
  );
}

test.each(explained)("$guide explains every message that its code can print", (each) => {
  const { guide, sources, except, atLeast } = each;
  const prose = readFileSync(join(root, guide), "utf8").replaceAll(/^ *```.*?^ *```$/gms, "");
  // A line break inside of code is a space.
  const code = Array.from(prose.matchAll(/`([^`]+)`/g), ([, text]) =>
    text!.replaceAll(/\s+/g, " "),
  );
  const messages = sources.flatMap((folder) => messagesIn(folder, except));
  expect(messages.length).toBeGreaterThanOrEqual(atLeast);
  expect(messages.filter(({ text }) => !code.some((shown) => isShown(shown, text)))).toEqual([]);
});

/** Whether the page's code has the message, or is a longer one with it inside. */
function isShown(shown: string, message: string): boolean {
  const parts = message.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(^| )${parts.join(".+")}`).test(shown);
}
