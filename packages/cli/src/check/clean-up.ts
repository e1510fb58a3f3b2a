import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./ask.js";
import type { Endpoint } from "./endpoint.js";
import type { Probe } from "./probe.js";
import { readOutput } from "./see-output.js";
import { fine, type Finding, StepFailed } from "./step.js";

const POLL_MS = 50;

/**
 * Deletes what the check has pushed: the life, and the totals that an aggregator made of it. A gateway without such a
 * group takes the second one, too.
 *
 * @param aggregatorName the label of the aggregator's groups
 * @throws StepFailed if something may be left
 */
export async function cleanUp(
  endpoint: Endpoint,
  probes: readonly Probe[],
  aggregatorName: string | undefined,
  timeoutMs: number,
): Promise<Finding> {
  const ofAggregator =
    aggregatorName === undefined
      ? ""
      : `/aggregator@base64/${Buffer.from(aggregatorName).toString("base64url")}`;
  const paths = probes.flatMap(({ path, jobPath }) => [path, jobPath + ofAggregator]);
  for (const path of paths) {
    const { status } = await ask(endpoint, path, { method: "DELETE", timeoutMs });
    if (status < 200 || status >= 300) throw left(endpoint, path, `HTTP ${status}`);
  }
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    const { status, lines } = await readOutput(endpoint, probes, { timeoutMs });
    const found = lines.findIndex((line) => line !== undefined);
    if (found < 0) {
      return fine(
        status < 300 ? "the probes are deleted" : "the gateway takes the deletion of the probes",
      );
    }
    if (performance.now() > untilMs) {
      throw left(endpoint, probes[found]?.path ?? "", "the probe is still shown");
    }
    await sleep(POLL_MS);
  }
}

function left({ url }: Endpoint, path: string, why: string): StepFailed {
  return new StepFailed(
    `a group of the check may be left: ${why}`,
    `Let the proxy pass DELETE, and delete the group: curl -X DELETE ${url}${path}`,
  );
}
