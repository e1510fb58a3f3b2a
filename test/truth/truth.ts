// `npm run truth`: compares what a gateway shows with what happened, under every fault.
//   --environments E   default 20
//   --invocations M    default 1,000
//   --seed S           default: random; the same seed makes the same plan
//   --faults LIST      comma-separated names, all (the default) or none
//   --mode MODE        after-response, before-returning or both (the default): half of the environments each
//   --native           uses the native part of AWS's runtime client, and compiles it if it is missing
//   --through WAY      sends the pushes through it into a real Prometheus, and compares what plain queries show:
//                      aggregator (prefreeze aggregate), direct (a Pushgateway alone) or protobuf (the same with start
//                      timestamps). Default: no Prometheus
//   --json             prints one JSON object and nothing else
// Each environment is compared separately, over all its instances, with what the function noted in a file.
// Not counted as lost, but as `unreachable`: what an environment had not pushed when the run destroyed it during a
// fault that kept its pushes from the gateway.
// Through an aggregator, `sum(x)` in Prometheus must be exact, and `sum(increase(x[run]))` within 0.97 and 1.05 of the
// truth. Not counted as doubled, but as `undecided`: a push in doubt at one aggregator whose next one met another or a
// lost state. The fault aggregator-in-doubt makes such cases; `all` leaves it out.
// Exits with 1 if anything was lost, counted twice or answered differently, or if the truth cannot be known.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { parseFaults } from "./faults.js";
import type { FunctionName } from "./fleet.js";
import { reportText } from "./report-text.js";
import { runTruth } from "./run-truth.js";
import { outsideLimits } from "./through/compare.js";
import type { Through } from "./through/observe.js";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const WAYS: readonly Through[] = ["aggregator", "direct", "protobuf"];

const MODES: Readonly<Record<string, readonly FunctionName[]>> = {
  both: ["registered", "measured"],
  "after-response": ["registered"],
  "before-returning": ["measured"],
};

const { values } = parseArgs({
  options: {
    environments: { type: "string", default: "20" },
    invocations: { type: "string", default: "1000" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    faults: { type: "string", default: "all" },
    mode: { type: "string", default: "both" },
    native: { type: "boolean", default: false },
    through: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

function wholeNumber(name: "environments" | "invocations" | "seed", minimum: number): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < minimum)
    throw new Error(`--${name}: "${values[name]}" is not a whole number of at minimum ${minimum}`);
  return value;
}

function functionsOf(mode: string): readonly FunctionName[] {
  if (Object.hasOwn(MODES, mode)) return MODES[mode]!;
  throw new Error(`--mode: "${mode}" is none of ${Object.keys(MODES).join(", ")}`);
}

function throughOf(way: string | undefined): Through | undefined {
  if (way === undefined) return undefined;
  const found = WAYS.find((known) => known === way);
  if (found === undefined) throw new Error(`--through: "${way}" is none of ${WAYS.join(", ")}`);
  return found;
}

const functions = functionsOf(values.mode);
const through = throughOf(values.through);
const options = {
  functions,
  nativeClient: values.native,
  environments: wholeNumber("environments", functions.length),
  invocations: wholeNumber("invocations", 1),
  seed: wholeNumber("seed", 0),
  faults: parseFaults(values.faults, through === "aggregator" ? "aggregator" : "gateway"),
  ...(through && { through }),
};
if (!values.json) console.log(`seed ${options.seed}`);
const report = await runTruth({
  ...options,
  ...(!values.json && { progress: (line: string) => console.log(line) }),
});
console.log(values.json ? JSON.stringify(report) : reportText(report));
const { lost, doubled, responses, prometheus } = report;
// Late pushes make the counters of single instances fall, so increases without an aggregator are judged without faults.
const judged = through === "aggregator" || (through === "protobuf" && options.faults.size === 0);
const outside = judged && prometheus ? outsideLimits(prometheus.series) : [];
if (!values.json) for (const line of outside) console.log(line);
process.exit(lost + doubled + responses.changed + outside.length > 0 ? 1 : 0);
