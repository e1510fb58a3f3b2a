// `npm run truth`: compares what a gateway shows with what happened, under every fault.
//   --platform NAME    lambda (the default), workers, vercel or node
//   --environments E   default 20; on workers the isolates at a time, default 12; on vercel and node the processes of each
//                      kind of server, default 2
//   --invocations M    default 1,000; on workers 5,000; on vercel and node 2,000
//   --seed S           default: random; the same seed makes the same plan
//   --faults LIST      comma-separated names, all (the default) or none
//   --mode MODE        after-response, before-returning or both (the default): half of the environments each; only on lambda
//   --native           uses the native part of AWS's runtime client, and compiles it if it is missing; only on lambda
//   --through WAY      sends the pushes through it into a real Prometheus, and compares what plain queries show:
//                      aggregator (prefreeze aggregate), direct (a Pushgateway alone) or protobuf (the same with start
//                      timestamps). Default: no Prometheus. On workers, vercel and node: aggregator (the default; on
//                      workers the aggregator object) or direct
//   --json             prints one JSON object and nothing else
// Each environment is compared separately, over all its instances, with what the function noted in a file.
// Not counted as lost, but as `unreachable`: what an environment had not pushed when the run destroyed it during a
// fault that kept its pushes from the gateway. On vercel and node, processes are killed under load: what they had not
// pushed is unreachable, too, and may be no older than a push's interval.
// Through an aggregator, `sum(x)` in Prometheus must be exact, and `sum(increase(x[run]))` within 0.97 and 1.05 of the
// truth. Not counted as doubled, but as `undecided`: a push in doubt at one aggregator whose next one met another or a
// lost state. The fault aggregator-in-doubt makes such cases; `all` leaves it out.
// Exits with 1 if anything was lost, counted twice or answered differently, or if the truth cannot be known.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { parseFaults } from "./faults.js";
import { INTERVAL_MS, NODE_KINDS, nodePlatform } from "./node/platform.js";
import type { FunctionName } from "./fleet.js";
import { reportText } from "./report-text.js";
import type { TruthReport } from "./report.js";
import { runTruth } from "./run-truth.js";
import { parseServersFaults } from "./servers/faults.js";
import type { OrderKind } from "./servers/order.js";
import type { ServersPlatform } from "./servers/platform.js";
import { runServersTruth } from "./servers/run-servers-truth.js";
import { outsideLimits } from "./through/compare.js";
import type { Through } from "./through/observe.js";
import { VERCEL_KINDS, vercelPlatform } from "./vercel/platform.js";
import { parseWorkersFaults } from "./workers/faults.js";
import { runWorkersTruth } from "./workers/run-workers-truth.js";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const WAYS: readonly Through[] = ["aggregator", "direct", "protobuf"];

/** The time of a push, on a busy machine. */
const PUSH_MS = 500;
/** Concurrent requests of a function share pushes in a window of half a second. */
const VERCEL_PUSHES_WITHIN_MS = 500 + PUSH_MS;

const MODES: Readonly<Record<string, readonly FunctionName[]>> = {
  both: ["registered", "measured"],
  "after-response": ["registered"],
  "before-returning": ["measured"],
};

const { values } = parseArgs({
  options: {
    platform: { type: "string", default: "lambda" },
    environments: { type: "string" },
    invocations: { type: "string" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    faults: { type: "string", default: "all" },
    mode: { type: "string", default: "both" },
    native: { type: "boolean", default: false },
    through: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

function wholeNumber(
  name: "environments" | "invocations" | "seed",
  minimum: number,
  preset = "",
): number {
  const given = values[name] ?? preset;
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < minimum)
    throw new Error(`--${name}: "${given}" is not a whole number of at minimum ${minimum}`);
  return value;
}

function oneOf<Choice extends string>(
  name: "mode" | "platform" | "through",
  choices: readonly Choice[],
): Choice | undefined {
  const given = values[name];
  const found = choices.find((choice) => choice === given);
  if (given !== undefined && found === undefined)
    throw new Error(`--${name}: "${given}" is none of ${choices.join(", ")}`);
  return found;
}

const seed = wholeNumber("seed", 0);
const progress = values.json ? {} : { progress: (line: string) => console.log(line) };

/** Runs on Lambda. @returns the report, and what is outside its limits */
async function onLambda(): Promise<[TruthReport, readonly string[]]> {
  const functions = MODES[oneOf("mode", Object.keys(MODES))!]!;
  const through = oneOf("through", WAYS);
  const faults = parseFaults(values.faults, through === "aggregator" ? "aggregator" : "gateway");
  const report = await runTruth({
    functions,
    nativeClient: values.native,
    environments: wholeNumber("environments", functions.length, "20"),
    invocations: wholeNumber("invocations", 1, "1000"),
    seed,
    faults,
    ...(through && { through }),
    ...progress,
  });
  // Late pushes make the counters of single instances fall, so increases without an aggregator are judged without faults.
  const judged = through === "aggregator" || (through === "protobuf" && faults.size === 0);
  const { prometheus } = report;
  return [report, judged && prometheus ? outsideLimits(prometheus.series) : []];
}

async function onWorkers(): Promise<[TruthReport, readonly string[]]> {
  const through = oneOf("through", ["aggregator", "direct"]) ?? "aggregator";
  const report = await runWorkersTruth({
    isolates: wholeNumber("environments", 2, "12"),
    invocations: wholeNumber("invocations", 1, "5000"),
    seed,
    faults: parseWorkersFaults(values.faults, through),
    through,
    ...progress,
  });
  return [report, []];
}

/** @param notPushedForMs the longest time for which a process may keep to itself what it has counted */
async function onServers(
  platform: ServersPlatform,
  kinds: readonly OrderKind[],
  notPushedForMs: number,
): Promise<[TruthReport, readonly string[]]> {
  const through = oneOf("through", ["aggregator", "direct"]) ?? "aggregator";
  const report = await runServersTruth(platform, {
    processes: wholeNumber("environments", 2, "2"),
    invocations: wholeNumber("invocations", 1, "2000"),
    seed,
    faults: parseServersFaults(values.faults, through, kinds),
    through,
    ...progress,
  });
  const { notPushedForMs: longest = 0 } = report;
  return [
    report,
    longest > notPushedForMs
      ? [`a killed process had not pushed for ${longest} ms; at most ${notPushedForMs}`]
      : [],
  ];
}

const RUNS = {
  lambda: onLambda,
  workers: onWorkers,
  vercel: () => onServers(vercelPlatform, VERCEL_KINDS, VERCEL_PUSHES_WITHIN_MS),
  node: () => onServers(nodePlatform, NODE_KINDS, INTERVAL_MS + PUSH_MS),
} as const;

const platform = oneOf("platform", Object.keys(RUNS) as (keyof typeof RUNS)[])!;
if (!values.json) console.log(`seed ${seed}`);
const [report, outside] = await RUNS[platform]();
console.log(values.json ? JSON.stringify(report) : reportText(report));
if (!values.json) for (const line of outside) console.log(line);
const { lost, doubled, responses } = report;
process.exit(lost + doubled + responses.changed + outside.length > 0 ? 1 : 0);
