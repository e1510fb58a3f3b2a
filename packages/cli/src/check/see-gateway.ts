import { setTimeout as sleep } from "node:timers/promises";
import { ask, type Asked } from "./ask.js";
import type { Endpoint } from "./endpoint.js";
import type { Probe } from "./probe.js";
import { fine, type Finding, StepFailed, warning } from "./step.js";
import { written } from "./within.js";

const POLL_MS = 100;

/** Looks, through an aggregator, whether the Pushgateway behind it got the probe. @throws StepFailed if not in time */
export async function seeGateway(
  endpoint: Endpoint,
  { nonce }: Probe,
  isGatewayUp: boolean | undefined,
  { timeoutMs, signal }: Pick<Asked, "timeoutMs" | "signal">,
): Promise<Finding> {
  if (isGatewayUp === false) {
    throw new StepFailed(
      "the aggregator does not reach its Pushgateway",
      "Start the Pushgateway, or correct --pushgateway of the aggregator. It keeps all totals meanwhile.",
    );
  }
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    const found: string[] = [];
    const leftMs = Math.max(1, Math.ceil(untilMs - performance.now()));
    const { status } = await ask(endpoint, "/api/v1/metrics", {
      timeoutMs: leftMs,
      signal,
      onLine(line) {
        if (line.includes(nonce)) found.push(nonce);
      },
    });
    if (status >= 300) {
      return warning(
        `the aggregator has the push; what its Pushgateway has may not be read here (HTTP ${status})`,
        "Give --prometheus to see it there.",
      );
    }
    if (found.length > 0) return fine("the Pushgateway behind the aggregator has the job's group");
    if (performance.now() + POLL_MS > untilMs) break;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new StepFailed(
    `the aggregator did not push the job's group to its Pushgateway within ${written(timeoutMs)}`,
    "Look at the aggregator's log. If its --push-interval is longer than that, give a longer --timeout.",
  );
}
