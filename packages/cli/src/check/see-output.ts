import { ask, type Asked } from "./ask.js";
import type { Endpoint } from "./endpoint.js";
import { type Probe, PROBE_METRIC } from "./probe.js";
import { sampleLabels } from "./sample-labels.js";
import { fine, type Finding, StepFailed, warning } from "./step.js";
import { statusAdvice } from "./status-advice.js";

/** What `/metrics` shows. */
export interface Seen {
  readonly status: number;
  /** The line of each probe that was found, in the order of the probes. */
  readonly lines: readonly (string | undefined)[];
  readonly isAggregator: boolean;
  /** Whether the aggregator reaches its gateway. */
  readonly isGatewayUp: boolean | undefined;
  /** The label of the aggregator's groups. */
  readonly aggregatorName: string | undefined;
}

export interface SeenOutput extends Finding {
  readonly seen: Seen;
}

/** Reads `/metrics`, line by line: it may be long. */
export async function readOutput(
  endpoint: Endpoint,
  probes: readonly Probe[],
  bounds: Pick<Asked, "timeoutMs" | "signal">,
): Promise<Seen> {
  const lines: (string | undefined)[] = probes.map(() => undefined);
  let isAggregator = false;
  let isGatewayUp: boolean | undefined;
  const answer = await ask(endpoint, "/metrics", {
    ...bounds,
    onLine(line) {
      if (line.startsWith("prefreeze_aggregator_")) {
        isAggregator = true;
        const [, up] = /^prefreeze_aggregator_gateway_up (\d)$/.exec(line) ?? [];
        if (up !== undefined) isGatewayUp = up === "1";
      } else if (line.startsWith(`${PROBE_METRIC}{`)) {
        const found = probes.findIndex(({ nonce }) => line.includes(nonce));
        if (found >= 0) lines[found] = line;
      }
    },
  });
  const name = lines.map((line) => sampleLabels(line ?? "").get("aggregator")).find(Boolean);
  if (answer.status >= 300 && ![401, 403, 404, 405].includes(answer.status)) {
    throw statusAdvice(answer, endpoint, "/metrics");
  }
  return { status: answer.status, lines, isAggregator, isGatewayUp, aggregatorName: name };
}

/** Looks for the probes at the other end. @throws StepFailed if one is not there as it was pushed */
export async function seeOutput(
  endpoint: Endpoint,
  probes: readonly Probe[],
  bounds: Pick<Asked, "timeoutMs" | "signal">,
): Promise<SeenOutput> {
  const seen = await readOutput(endpoint, probes, bounds);
  if (seen.status >= 300) {
    return {
      ...warning(
        `the pushes were taken, but /metrics may not be read here (HTTP ${seen.status})`,
        "If the proxy passes pushes alone, that is as it should be. Give --prometheus to see them there.",
      ),
      seen,
    };
  }
  const shown = probes.map((probe, index) => judge(probe, seen.lines[index]));
  const wrong = shown.find((each) => each !== undefined);
  if (wrong !== undefined) throw wrong;
  return { ...fine(`/metrics shows ${PROBE_METRIC} as it was pushed`), seen };
}

function judge({ label, value, nonce }: Probe, line: string | undefined): StepFailed | undefined {
  if (line === undefined) {
    return new StepFailed(
      "the push was answered with success, but /metrics does not show it",
      "Something else than the gateway answered the push, or there are several gateways behind one address: give each an address of its own, and functions all of them.",
    );
  }
  const labels = sampleLabels(line);
  if (labels.get("probe") !== label) {
    return new StepFailed(
      `the label was pushed as ${JSON.stringify(label)}, and came out as ${JSON.stringify(labels.get("probe") ?? nonce)}`,
      "A proxy changes the path. Let it pass paths as they are.",
    );
  }
  const shown = Number(line.slice(line.lastIndexOf(" ") + 1));
  if (shown !== value) {
    return new StepFailed(
      `the value was pushed as ${value}, and came out as ${shown}`,
      "A proxy changes bodies, or caches /metrics. Let it pass them as they are.",
    );
  }
  return undefined;
}
