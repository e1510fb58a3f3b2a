import { defineFaasMetrics, type RecordOutcome } from "../invocation/faas-metrics.js";
import { useInvocationStore } from "../invocation/running.js";
import { createPusher, type Pusher } from "../life/pusher.js";
import { catalog } from "../metrics/catalog.js";
import { setConstantLabels } from "../metrics/constant-labels.js";
import { hasInstance } from "../runtime/threads.js";
import { warnOnce } from "../runtime/warn.js";
import type { Options } from "./options.js";
import type { Platform } from "./platform.js";
import { resolveSettings, type Settings } from "./settings.js";

/** One execution environment, isolate or process, with everything that it counts. */
export interface Instance {
  /** The platform that it runs on. */
  readonly platform: Platform;
  /** The resolved settings. */
  readonly settings: Settings;
  /** The options of the first `instrument()`. */
  readonly options: Options;
  /** Records how an invocation ended. */
  readonly recordOutcome: RecordOutcome;
  /** The next invocation is the first one. */
  cold: boolean;
  /** Undefined if nothing is pushed. */
  readonly pusher?: Pusher;
}

/**
 * @throws TypeError if the `grouping` or the `labels` option could break the gateway, or collides with a metric's label
 */
export function createInstance(platform: Platform, options: Options): Instance {
  hasInstance();
  const recordOutcome = defineFaasMetrics(platform);
  const settings = resolveSettings(options, platform.env, platform);
  catalog.maxSeries = settings.maxSeries;
  catalog.maxLabelBytes = settings.maxLabelBytes;
  const { grouping, labels } = settings;
  catalog.takenLabels = Object.fromEntries([
    ...Object.keys(grouping).map((label) => [label, !!options.grouping] as const),
    ...Object.keys(labels).map((label) => [label, !!options.labels] as const),
  ]);
  setConstantLabels(labels);
  if (platform.store) useInvocationStore(platform.store);
  const instance = { platform, settings, options, recordOutcome };
  const cold = platform.coldStart !== false;
  if (settings.gateways.length > 0) return { ...instance, cold, pusher: createPusher(instance) };
  warnOnce("PUSHGATEWAY_URL", "PUSHGATEWAY_URL is not set: nothing is pushed");
  return { ...instance, cold };
}
