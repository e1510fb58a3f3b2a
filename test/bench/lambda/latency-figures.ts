import { type BenchFigure, limited, unlimited } from "../figure.js";
import { median, quantile } from "../quantile.js";
import type { LambdaRun } from "./bench-function.js";
import type { CpuReport } from "./functions/cpu-report.js";
import { inTurns, sidesOf } from "./in-turns.js";

const FUNCTIONS = [
  "bare",
  "bare-registered",
  "after-response",
  "burst",
  "burst-before-returning",
  "put",
  "before-returning",
  "prom-client",
  "opentelemetry-push",
] as const;

/**
 * The time to the response, as the caller sees it, and the time that metrics add to it. Each invocation finds
 * its environment frozen.
 *
 * @param env variables of all functions; their gateway answers after 20 ms
 */
export async function latencyFigures(
  run: LambdaRun,
  env: Record<string, string>,
): Promise<readonly BenchFigure[]> {
  const counts = run.quick ? { warmUp: 3, rounds: 10 } : { warmUp: 20, rounds: 250 };
  const answers = await inTurns<CpuReport, (typeof FUNCTIONS)[number]>(
    run,
    sidesOf(FUNCTIONS, env),
    counts,
  );
  const responsesMs = (name: keyof typeof answers) =>
    answers[name].map(({ responseMs }) => responseMs);
  const gatewayMs = median(answers.put.map(({ result }) => result.gatewayMs!));

  // Neighbouring calls find the machine equally busy, so the differences are those of the functions.
  const added = (name: keyof typeof answers, base: keyof typeof answers) => {
    const [own, others] = [responsesMs(name), responsesMs(base)];
    return {
      p50: median(own.map((ms, round) => ms - others[round]!)),
      p99: quantile(own, 0.99) - quantile(others, 0.99),
    };
  };
  const both = (figure: string, { p50, p99 }: { p50: number; p99: number }) => [
    unlimited(`${figure}_p50`, p50, "ms"),
    unlimited(`${figure}_p99`, p99, "ms"),
  ];
  const response = (name: keyof typeof answers) => ({
    p50: median(responsesMs(name)),
    p99: quantile(responsesMs(name), 0.99),
  });
  const after = added("after-response", "bare-registered");
  const before = added("before-returning", "bare");
  const burst = added("burst", "after-response");
  // The same burst, in the same run, with a response that waits for it: how busy the machine is cancels out.
  const awaitedBurst = added("burst-before-returning", "before-returning");
  return [
    limited("lambda_added_latency_after_response_p50", after.p50, "ms", "<=", 0.5),
    unlimited("lambda_added_latency_after_response_p99", after.p99, "ms"),
    limited("lambda_before_returning_gateway_ratio", before.p50 / gatewayMs, "x", "<=", 1.1),
    ...both("lambda_added_latency_before_returning", before),
    ...both("lambda_added_latency_prom_client", added("prom-client", "bare")),
    ...both("lambda_added_latency_opentelemetry", added("opentelemetry-push", "bare")),
    limited("lambda_cpu_burst_in_flush_ratio", burst.p50 / awaitedBurst.p50, "x", "<=", 0.05),
    ...both("lambda_cpu_burst_in_flush", burst),
    ...both("lambda_cpu_burst_before_returning", awaitedBurst),
    unlimited("lambda_gateway_put_p50", gatewayMs, "ms"),
    ...both("lambda_response_bare", response("bare")),
    ...both("lambda_response_bare_registered", response("bare-registered")),
  ];
}
