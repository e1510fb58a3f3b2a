import { findOrFetch } from "../pushgateway/fetch.mjs";
import { versionOf } from "../pushgateway/programs.mjs";
import { startGatewayReceiver } from "./gateway-receiver.js";
import type { Difference } from "./judge.js";
import { randomOf } from "./random.js";
import type { Compared } from "./readings.js";
import type { Receiver } from "./receiver.js";
import { startAggregatorReceiver } from "./through/aggregator-receiver.js";
import { startFront } from "./through/front.js";
import {
  observeAggregator,
  observeGateway,
  type Observation,
  type Through,
} from "./through/observe.js";
import { startWatch } from "./through/watch.js";

export interface ReceiverOptions {
  readonly seed: number;
  /** As `parseFaults` returns them. */
  readonly faults: ReadonlySet<string>;
  /** What the pushes go through to a real Prometheus. Default: no Prometheus, and the gateway alone is read. */
  readonly through?: Through;
  /** Between the last push and what is read of Prometheus, in milliseconds. Default: 25,000. */
  readonly tailMs?: number;
  /** How long the fault `prometheus-down` lasts, in milliseconds. Default: 25,000. */
  readonly prometheusDownMs?: number;
  /** The Pushgateway to start. Default: the machine's own. */
  readonly gateway?: string;
  /** What the run compares. Default: what a run on Lambda does. */
  readonly compared?: Compared;
}

/** What receives the pushes of a run, with a Prometheus behind it if the run has one. */
interface Started {
  readonly receiver: Receiver;
  /** Reads Prometheus at the end of the run. */
  readonly observe?: (differences: readonly Difference[]) => Promise<Observation>;
  /** Stops the Prometheus that is not the receiver's own. */
  readonly stopWatching?: () => Promise<void>;
}

const TAIL_MS = 25_000;
const PROMETHEUS_DOWN_MS = 25_000;
/** With it, and with start timestamps, a new series counts from zero. */
const START_TIMESTAMPS = "--enable-feature=created-timestamp-zero-ingestion";

export async function startReceiver(options: ReceiverOptions): Promise<Started> {
  const { through, seed, faults, tailMs = TAIL_MS, gateway, compared } = options;
  const ofGateway = { program: gateway, ...(compared && { compared }) };
  const { prometheusDownMs: downMs = PROMETHEUS_DOWN_MS } = options;
  if (through === undefined) return { receiver: await startGatewayReceiver(ofGateway) };
  const prometheus = await prometheusProgram();
  const version = await versionOf(prometheus);
  if (through === "aggregator") {
    const spread = faults.has("aggregator-spread") || faults.has("aggregator-in-doubt");
    const random = randomOf(seed, "what becomes of aggregators");
    const receiver = await startAggregatorReceiver({
      gateway,
      prometheus,
      spread,
      downMs,
      random,
      compared,
    });
    return {
      receiver,
      observe: (differences) => observeAggregator(receiver, differences, { tailMs, version }),
    };
  }
  const receiver = await startGatewayReceiver(ofGateway);
  const scraped = await startFront(receiver.url);
  const flags = through === "protobuf" ? [START_TIMESTAMPS] : [];
  const watch = await startWatch({ program: prometheus, target: scraped.url, flags });
  return {
    receiver,
    observe: (differences) => observeGateway(receiver, watch, differences, { tailMs, version }),
    async stopWatching() {
      await watch.stop();
      await scraped.stop();
    },
  };
}

/** PROMETHEUS_BIN, or that of Debian's stable release: the oldest one knows no start timestamps. */
export async function prometheusProgram(): Promise<string> {
  const named = process.env["PROMETHEUS_BIN"] ?? "";
  return await findOrFetch("prometheus", named === "" ? "trixie" : undefined);
}
