// The lanes of the tests: `npm test -- core` runs one, `npm test` all of them.
// Builtins only: `npm test -- --list` shows them before anything is installed.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * @typedef {object} Lane
 * @property {string} name
 * @property {string} what what its tests show
 * @property {readonly string[]} paths how the paths of its test files begin. The longest beginning
 *   decides, so a file has one lane at most.
 */

/** @type {readonly Lane[]} */
export const lanes = [
  {
    name: "core",
    what: "metrics, text format, pushes, lives: @prefreeze/core in this process",
    paths: ["packages/core/test/"],
  },
  {
    name: "node",
    what: "servers and jobs of @prefreeze/node, its journal, connections and shutdown",
    paths: ["packages/node/test/"],
  },
  {
    name: "gateway",
    what: "the embedded gateway beside the real Pushgateway",
    paths: ["packages/gateway/test/", "test/pushgateway/", "test/loopback/"],
  },
  {
    name: "aggregator",
    what: "the aggregator: durable totals, and what passes through to the real Pushgateway",
    paths: ["packages/aggregator/test/"],
  },
  {
    name: "cli",
    what: "the command line, against real Pushgateways",
    paths: ["packages/cli/test/"],
  },
  {
    name: "lambda",
    what: "wrapped functions in the Lambda emulator",
    paths: ["packages/aws-lambda/test/"],
  },
  {
    name: "lambda-setups",
    what: "the Lambda layer, bundlers, middy, and other vendors' wrappers on the same function",
    paths: ["bundlers", "layer", "middy", "peers"].map(
      (name) => `packages/aws-lambda/test/${name}`,
    ),
  },
  {
    name: "emulator",
    what: "the Lambda emulator itself, with AWS's runtime clients on Node 20, 22 and 24",
    paths: ["test/lambda-emulator/", "test/install-lane/"],
  },
  {
    name: "workers",
    what: "Cloudflare Workers, in workerd",
    paths: ["packages/cloudflare-workers/test/", "test/workers/"],
  },
  {
    name: "workers-setups",
    what: "Workers with wrangler and vitest, frameworks, and other vendors' wrappers on the same Worker",
    paths: ["frameworks", "peers", "tools", "vitest-plugin", "wrangler"].map(
      (name) => `packages/cloudflare-workers/test/${name}`,
    ),
  },
  {
    name: "vercel",
    what: "Vercel functions, in the server of Vercel's Node builder",
    paths: ["packages/vercel/test/", "test/vercel/"],
  },
  {
    name: "next",
    what: "Next.js 15 and 16, built with turbopack and webpack: bare, wrapped, and under next start",
    paths: ["packages/vercel/test/next/"],
  },
  {
    name: "end-to-end",
    what: "the demo, the examples, and all platforms against faulty gateways",
    paths: ["test/end-to-end/"],
  },
  {
    name: "infra",
    what: "the AWS CDK stack, and Prometheus with the configuration of infra/",
    paths: ["test/infra/", "test/tls/", "test/end-to-end/infra.test.ts"],
  },
  {
    name: "truth",
    what: "long histories with faults: nothing is lost, nothing counts twice",
    paths: ["test/model/", "test/truth/"],
  },
  {
    name: "figures",
    what: "short runs of the benchmarks, and the size limits",
    paths: ["test/bench/", "test/size/"],
  },
  {
    name: "packages",
    what: "packed packages, their types in every compiler, and the docs",
    paths: ["test/packaging/", "test/types/", "test/readme/", "test/api-reference/", "test/run/"],
  },
];

/** These files judge times or use all processors: each has the machine to itself. */
const alone = [
  "packages/aws-lambda/test/after-response",
  "packages/aws-lambda/test/deadline",
  "packages/aws-lambda/test/extension",
  "packages/aws-lambda/test/gateway-faults",
  "packages/aws-lambda/test/instrument",
  "packages/aws-lambda/test/managed-instances",
  "packages/aws-lambda/test/memory",
  "packages/aws-lambda/test/middy-streaming",
  "packages/aws-lambda/test/sudden-ends",
  "packages/cli/test/ten-thousand-groups",
  "packages/core/test/flusher",
  "packages/node/test/kept-connections",
  "packages/node/test/measures/",
  "packages/node/test/server/push-every",
  "packages/node/test/server/web-functions",
  "packages/node/test/transports",
  "packages/vercel/test/drain",
  "test/bench/",
  "test/end-to-end/gateway-faults",
  "test/lambda-emulator/test/managed-instances",
  "test/lambda-emulator/test/shutdown",
  "test/truth/truth",
  "test/truth/servers/truth",
  "test/truth/workers/truth",
];

/**
 * @typedef {object} LaneFiles
 * @property {string} lane
 * @property {string[]} sideBySide test files that run two at a time
 * @property {string[]} alone test files that run one after another
 */

/**
 * @returns {LaneFiles[]} every test file of the repository, in its lane
 * @throws {Error} if a test file has no lane
 */
export function testFilesByLane() {
  const found = lanes.map(({ name }) => ({
    lane: name,
    sideBySide: /** @type {string[]} */ ([]),
    alone: /** @type {string[]} */ ([]),
  }));
  for (const file of ["packages", "examples", "test"].flatMap(testFilesIn)) {
    const lane = laneOf(file);
    const files = found.find((candidate) => candidate.lane === lane);
    if (files === undefined) {
      throw new Error(`${file} belongs to no lane: add its path to one in test/run/lanes.mjs.`);
    }
    files[alone.some((beginning) => file.startsWith(beginning)) ? "alone" : "sideBySide"].push(
      file,
    );
  }
  return found;
}

/**
 * @param {string} file a path from the root of the repository, with slashes
 * @returns {string | undefined} the name of its lane
 */
export function laneOf(file) {
  return lanes
    .flatMap(({ name, paths }) => paths.map((beginning) => ({ name, beginning })))
    .filter(({ beginning }) => file.startsWith(beginning))
    .toSorted((a, b) => b.beginning.length - a.beginning.length)[0]?.name;
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function testFilesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return ["node_modules", "dist"].includes(entry.name) ? [] : testFilesIn(path);
    }
    return path.endsWith(".test.ts") ? [path] : [];
  });
}

/**
 * @param {readonly string[]} words
 * @returns {{ chosen: string[], rest: string[] }} the lanes that the words begin with, and the others
 */
export function splitLanes(words) {
  const first = words.findIndex((word) => !lanes.some(({ name }) => name === word));
  const end = first === -1 ? words.length : first;
  return { chosen: words.slice(0, end), rest: words.slice(end) };
}
