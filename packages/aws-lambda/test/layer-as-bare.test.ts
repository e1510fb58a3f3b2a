import { describe, expect, test } from "vitest";
import type { Answer } from "./deploy.js";
import { type Code, deployBare, deployLayered, runtimes, useLayer } from "./layer.js";

const layer = useLayer();

interface Case {
  readonly because: string;
  /** Default `index.handler`. */
  readonly handler?: string;
  readonly code: Code;
  /** What the function answers: the class of an error, or a result. */
  readonly answers: unknown;
}

const works = "exports.handler = async () => 'works';";

/** Both runtimes answer these alike. */
const same: readonly Case[] = [
  {
    because: "there is no such file",
    handler: "nowhere.handler",
    code: {},
    answers: "Runtime.ImportModuleError",
  },
  {
    because: "there is no such folder",
    handler: "src/app.api.handler",
    code: {},
    answers: "Runtime.ImportModuleError",
  },
  {
    because: "it exports something else",
    code: { "index.js": "exports.other = 1;" },
    answers: "Runtime.HandlerNotFound",
  },
  {
    because: "an outer name is missing",
    handler: "index.api.handler",
    code: { "index.js": works },
    answers: "Runtime.HandlerNotFound",
  },
  {
    because: "the export is no function",
    code: { "index.mjs": "export const handler = { no: 'function' };" },
    answers: "Runtime.HandlerNotFound",
  },
  {
    because: "its name has no dot",
    handler: "index",
    code: { "index.js": works },
    answers: "Runtime.MalformedHandlerName",
  },
  {
    because: "its name leaves the folder",
    handler: "../index.handler",
    code: { "index.js": works },
    answers: "Runtime.MalformedHandlerName",
  },
  {
    because: "CommonJS has a syntax error",
    code: { "index.js": "exports.handler = (" },
    answers: "Runtime.UserCodeSyntaxError",
  },
  {
    because: "an ES module has a syntax error",
    code: { "index.mjs": "export const handler = (" },
    answers: "Runtime.UserCodeSyntaxError",
  },
  {
    because: "CommonJS requires what is missing",
    code: { "index.js": "require('missing');" },
    answers: "Runtime.ImportModuleError",
  },
  {
    because: "an ES module imports what is missing",
    code: { "index.mjs": "import 'missing';" },
    answers: "Error",
  },
  {
    because: "its code throws",
    code: { "index.js": "throw new RangeError('no configuration');" },
    answers: "RangeError",
  },
  {
    because: "its code throws in a top-level await",
    code: { "index.mjs": "await Promise.reject(new RangeError('no configuration'));" },
    answers: "RangeError",
  },
  {
    because: "its package.json is broken",
    handler: "src/index.handler",
    code: { "src/package.json": "{", "src/index.js": works },
    answers: "Error",
  },
  {
    because: "its code throws no error",
    code: { "index.js": "throw 'a word';" },
    answers: "string",
  },
];

/** Here the runtimes differ. */
const differing: readonly (Omit<Case, "answers"> & {
  readonly answers: Record<(typeof runtimes)[number]["runtime"], unknown>;
})[] = [
  {
    because: "it takes a callback",
    code: { "index.js": "exports.handler = (event, context, callback) => callback(null, 1);" },
    answers: { "nodejs22.x": 1, "nodejs24.x": "Runtime.CallbackHandlerDeprecated" },
  },
  {
    because: "its handler is in the default export",
    code: { "index.mjs": "export default { handler: async () => 'works' };" },
    answers: { "nodejs22.x": "Runtime.HandlerNotFound", "nodejs24.x": "works" },
  },
  {
    because: "its handler is a property of a function",
    handler: "index.api.handler",
    code: { "index.js": "exports.api = () => 0; exports.api.handler = async () => 'works';" },
    answers: { "nodejs22.x": "works", "nodejs24.x": "Runtime.HandlerNotFound" },
  },
  {
    because: "a folder has the name of the file",
    code: { "index/other.js": works, "index.js": works },
    answers: { "nodejs22.x": "works", "nodejs24.x": "Error" },
  },
  {
    because: "nothing says that its .js file is an ES module",
    code: { "index.js": "export const handler = async () => 'works';" },
    answers: { "nodejs22.x": "Runtime.UserCodeSyntaxError", "nodejs24.x": "works" },
  },
  {
    because: "its code throws null",
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
    "a function answers with the layer as without: $answers, because $because",
    async ({ handler = "index.handler", code, answers }) => {
      const bare = await (await deployBare(code, handler, on)).invoke();
      const layered = await (await deployLayered(layer(), code, handler, on)).invoke();
      expect(bare.errorType ?? bare.result).toEqual(answers);
      expect(sameEverywhere(layered)).toEqual(sameEverywhere(bare));
    },
  );
});

/** Without what differs between two runs: the folder of the code, the file that loads it, and the time. */
function sameEverywhere({ durationMs: _, ...answer }: Answer): string {
  return JSON.stringify(answer)
    .replaceAll(/[^\s'"]*prefreeze-layered-\w+/g, "FOLDER")
    .replaceAll(/(?<!FOLDER)\/\S+\.mjs/g, "LOADER");
}
