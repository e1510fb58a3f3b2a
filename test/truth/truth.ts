// `npm run truth`: compares what a gateway shows with what happened, under every fault.
//   --environments E   default 20; half flush after the response, half before returning
//   --invocations M    default 1,000
//   --seed S           default a random one; the same seed makes the same events and faults
//   --faults LIST      names with commas between them, all (the default) or none
//   --json             one JSON object, and nothing else
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { parseFaults } from "./faults.js";
import { runTruth } from "./run-truth.js";

const { values } = parseArgs({
  options: {
    environments: { type: "string", default: "20" },
    invocations: { type: "string", default: "1000" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    faults: { type: "string", default: "all" },
    json: { type: "boolean", default: false },
  },
});

function wholeNumber(name: "environments" | "invocations" | "seed", least: number): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name}: "${values[name]}" is no whole number from ${least} on`);
  return value;
}

const options = {
  environments: wholeNumber("environments", 2),
  invocations: wholeNumber("invocations", 1),
  seed: wholeNumber("seed", 0),
  faults: parseFaults(values.faults),
};
if (!values.json) console.log(`seed ${options.seed}`);
const report = await runTruth({
  ...options,
  ...(!values.json && { progress: (line: string) => console.log(line) }),
});
if (values.json) console.log(JSON.stringify(report));
else {
  console.dir(report, { depth: 4 });
}
const { lost, doubled, responses } = report;
process.exit(lost + doubled + responses.changed > 0 ? 1 : 0);
