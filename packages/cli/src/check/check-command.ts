import { type Command, Option } from "commander";
import { duration } from "../arguments/duration.js";
import { readPrometheus } from "../arguments/prometheus-option.js";
import {
  type PushgatewayWords,
  pushgatewayOption,
  readPushgateways,
} from "../arguments/pushgateway-option.js";
import { FAILED, FOUND } from "../output/exit-codes.js";
import { jsonOption, printJson, type PrintWords } from "../output/print.js";
import { outliveReaders, report } from "../output/report.js";
import { terminated } from "../signals/terminated.js";
import type { CheckResult } from "./check.js";
import { endpointOf } from "./endpoint.js";

interface CheckWords extends PushgatewayWords, PrintWords {
  readonly prometheus?: string;
  /** Milliseconds. */
  readonly timeout: number;
}

const AFTER = `
Credentials come from the environment: PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD,
or PUSHGATEWAY_BEARER_TOKEN; for Prometheus PROMETHEUS_USERNAME and so on.
Exit code 3 if something is wrong. What was pushed is deleted in any case.`;

/** Adds the command `check`. */
export function addCheckCommand(program: Command): void {
  program
    .command("check")
    .summary("push a probe, see it come out, and say what is wrong")
    .usage("[options]")
    .description("Checks the way from here to the gateway, step by step.")
    .addOption(pushgatewayOption())
    .addOption(new Option("--prometheus <URL>", "also wait until this Prometheus has the probe"))
    .addOption(
      new Option("--timeout <TIME>", "limit of each step, as in 5s")
        .argParser(duration(100, 60_000))
        .default(5000, "5s"),
    )
    .addOption(jsonOption())
    .helpOption("-h, --help", "print this")
    .addHelpText("after", AFTER)
    .action(runCheck);
}

async function runCheck(words: CheckWords): Promise<void> {
  outliveReaders();
  const [{ check }, { printResult, printStep }] = await Promise.all([
    import("./check.js"),
    import("./print-check.js"),
  ]);
  const pushgateways = await readPushgateways(words, process.env);
  const prometheus =
    words.prometheus === undefined ? undefined : readPrometheus(words, process.env);
  const interrupt = new AbortController();
  void terminated().then(() => interrupt.abort());
  const results: CheckResult[] = [];
  for (const pushgateway of pushgateways) {
    if (words.json !== true) report(`Checking ${endpointOf(pushgateway.url).url}`);
    const result = await check({
      pushgateway,
      ...(prometheus && { prometheus }),
      timeoutMs: words.timeout,
      signal: interrupt.signal,
      ...(words.json === true ? {} : { onStep: printStep }),
    });
    results.push(result);
    if (words.json !== true) printResult(result);
  }
  const ok = results.every((result) => result.ok);
  if (words.json === true) printJson({ ok, checks: results });
  if (!ok) process.exitCode = interrupt.signal.aborted ? FAILED : FOUND;
}
