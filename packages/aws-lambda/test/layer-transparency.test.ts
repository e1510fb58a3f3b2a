import { describe, expect, test } from "vitest";
import type { Answer } from "./deploy.js";
import { type Code, deployBare, deployLayered, runtimes, useLayer } from "./layer.js";

const layer = useLayer();

interface Case {
  readonly reason: string;
  /** Default `index.handler`. */
  readonly handler?: string;
  readonly code: Code;
  /** The function's answer: the class of its error, or its result. */
  readonly answers: unknown;
}

const works = "exports.handler = async () => 'works';";

/** Both runtimes give the same answer. */
const same: readonly Case[] = [
  {
    reason: "there is no such file",
    handler: "nowhere.handler",
    code: {},
    answers: "Runtime.ImportModuleError",
  },
  {
    reason: "there is no such folder",
    handler: "src/app.api.handler",
    code: {},
    answers: "Runtime.ImportModuleError",
  },
  {
    reason: "it exports something else",
    code: { "index.js": "exports.other = 1;" },
    answers: "Runtime.HandlerNotFound",
  },
  {
    reason: "the object that should hold the handler is not exported",
    handler: "index.api.handler",
    code: { "index.js": works },
    answers: "Runtime.HandlerNotFound",
  },
  {
    reason: "the export is not a function",
    code: { "index.mjs": "export const handler = { no: 'function' };" },
    answers: "Runtime.HandlerNotFound",
  },
  {
    reason: "the handler's name has no dot",
    handler: "index",
    code: { "index.js": works },
    answers: "Runtime.MalformedHandlerName",
  },
  {
    reason: "the handler's name points outside the folder",
    handler: "../index.handler",
    code: { "index.js": works },
    answers: "Runtime.MalformedHandlerName",
  },
  {
    reason: "its CommonJS code has a syntax error",
    code: { "index.js": "exports.handler = (" },
    answers: "Runtime.UserCodeSyntaxError",
  },
  {
    reason: "its ES module has a syntax error",
    code: { "index.mjs": "export const handler = (" },
    answers: "Runtime.UserCodeSyntaxError",
  },
  {
    reason: "its CommonJS code requires a missing package",
    code: { "index.js": "require('missing');" },
    answers: "Runtime.ImportModuleError",
  },
  {
    reason: "its ES module imports a missing package",
    code: { "index.mjs": "import 'missing';" },
    answers: "Error",
  },
  {
    reason: "its code throws",
    code: { "index.js": "throw new RangeError('no configuration');" },
    answers: "RangeError",
  },
  {
    reason: "its code throws in a top-level await",
    code: { "index.mjs": "await Promise.reject(new RangeError('no configuration'));" },
    answers: "RangeError",
  },
  {
    reason: "its package.json is malformed",
    handler: "src/index.handler",
    code: { "src/package.json": "{", "src/index.js": works },
    answers: "Error",
  },
  {
    reason: "its code throws a string",
    code: { "index.js": "throw 'a word';" },
    answers: "string",
  },
];

/** The runtimes give different answers. */
const differing: readonly (Omit<Case, "answers"> & {
  readonly answers: Record<(typeof runtimes)[number]["runtime"], unknown>;
})[] = [
  {
    reason: "it takes a callback",
    code: { "index.js": "exports.handler = (event, context, callback) => callback(null, 1);" },
    answers: { "nodejs22.x": 1, "nodejs24.x": "Runtime.CallbackHandlerDeprecated" },
  },
  {
    reason: "its handler is a property of the default export",
    code: { "index.mjs": "export default { handler: async () => 'works' };" },
    answers: { "nodejs22.x": "Runtime.HandlerNotFound", "nodejs24.x": "works" },
  },
  {
    reason: "its handler is a property of a function",
    handler: "index.api.handler",
    code: { "index.js": "exports.api = () => 0; exports.api.handler = async () => 'works';" },
    answers: { "nodejs22.x": "works", "nodejs24.x": "Runtime.HandlerNotFound" },
  },
  {
    reason: "a folder has the same name as its file",
    code: { "index/other.js": works, "index.js": works },
    answers: { "nodejs22.x": "works", "nodejs24.x": "Error" },
  },
  {
    reason: "its .js file is an ES module although no package.json says so",
    code: { "index.js": "export const handler = async () => 'works';" },
    answers: { "nodejs22.x": "Runtime.UserCodeSyntaxError", "nodejs24.x": "works" },
  },
  {
    reason: "its code throws null",
    code: { "index.mjs": "await Promise.reject(null);" },
    answers: { "nodejs22.x": "TypeError", "nodejs24.x": "object" },
  },
];

describe.each(runtimes)("on $runtime", { timeout: 30_000 }, ({ runtime, ...on }) => {
  const cases = [
    ...same,
    ...differing.map((each) => ({ ...each, answers: each.answers[runtime] })),
  ];

  test.each(cases)(
    "a function gives the same answer with the layer as without, $answers, if $reason",
    async ({ handler = "index.handler", code, answers }) => {
      const bare = await (await deployBare(code, handler, on)).invoke();
      const layered = await (await deployLayered(layer(), code, handler, on)).invoke();
      expect(bare.errorType ?? bare.result).toEqual(answers);
      expect(withoutDifferences(layered)).toEqual(withoutDifferences(bare));
    },
  );
});

/** Removes the parts that differ between two runs: the folder of the code, the file that loads it, and the duration. */
function withoutDifferences({ durationMs: _, ...answer }: Answer): string {
  return JSON.stringify(answer)
    .replaceAll(/[^\s'"]*prefreeze-layered-\w+/g, "FOLDER")
    .replaceAll(/(?<!FOLDER)\/\S+\.mjs/g, "LOADER");
}
