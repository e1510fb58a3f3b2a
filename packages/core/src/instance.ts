import { encode } from "./encode.js";
import { defineFaasMetrics, type FaasMetrics } from "./faas-metrics.js";
import { createFlusher, type Failure, type Flusher } from "./flusher.js";
import type { Platform } from "./platform.js";
import { pushgateway } from "./pushgateway.js";
import { defineSelfMetrics } from "./self-metrics.js";
import { isDisabled, type Options, resolveSettings, type Settings } from "./settings.js";
import { state } from "./state.js";
import { warn, warnOnce } from "./warn.js";

/** One life of one execution environment, isolate or process. */
export interface Instance {
  /** A readable prefix and what is unique to this life: it never starts again at zero. */
  readonly id: string;
  readonly platform: Platform;
  readonly settings: Settings;
  readonly options: Options;
  readonly metrics: FaasMetrics;
  readonly flusher: Flusher;
  /** Of the newest snapshot; 0 before the first. */
  sequence: number;
  /** Pushes that failed in a row. */
  failures: number;
  /** The next invocation is the first. */
  cold: boolean;
}

/**
 * The instance of this process or isolate, set up when first asked for; undefined where it is disabled.
 *
 * @throws TypeError where the `grouping` option could break the gateway or collides with a metric's label.
 */
export function instanceOn(platform: Platform, options: Options): Instance | undefined {
  const { instance } = state;
  if (instance !== undefined) {
    if (options !== instance.options) compareOptions(options, instance.options);
    return instance;
  }
  if (isDisabled(options, platform.env)) return undefined;
  return (state.instance = startInstance(platform, options));
}

function startInstance(platform: Platform, options: Options): Instance {
  const settings = resolveSettings(options, platform.env, platform);
  state.maxSeries = settings.maxSeries;
  state.store = platform.store;
  const selfMetrics = defineSelfMetrics();
  const instance: Instance = {
    id: `${settings.instancePrefix}-${nonce()}`,
    platform,
    settings,
    options,
    metrics: defineFaasMetrics(platform.targetInfo, platform.initDurationMs),
    flusher: { flush: () => Promise.resolve() },
    sequence: 0,
    failures: 0,
    cold: true,
  };
  const { url } = settings;
  if (url === undefined) {
    warnOnce("setting url", "PUSHGATEWAY_URL is not set: metrics are recorded, nothing is pushed");
    return instance;
  }
  const target = pushgateway({
    ...settings,
    url,
    headers: options.headers,
    gzipAboveBytes: options.gzipAboveBytes,
    transport: options.transport ?? platform.transport,
  });
  const group = { job: settings.job, instance: instance.id, grouping: settings.grouping };
  return Object.assign(instance, {
    flusher: createFlusher(
      (signal) => {
        selfMetrics.update(++instance.sequence);
        return target.send("PUT", group, encode(sortedMetrics()), signal);
      },
      settings.flushTimeoutMs,
      (durationMs, failure) => {
        selfMetrics.flushed(failure === undefined ? "success" : "failure", durationMs);
        logTurn(instance, failure);
      },
    ),
  });
}

/** The first failure is said, and that it is over: not every push between. */
function logTurn(instance: Instance, failure: Failure | undefined): void {
  const { url } = instance.settings;
  if (failure === undefined) {
    if (instance.failures > 0) warn(`pushing to ${url} works again after ${instance.failures} failed; nothing that was recorded is lost`);
    instance.failures = 0;
  } else if (++instance.failures === 1) {
    warn(`pushing to ${url} failed: ${reasonOf(failure.error)}; what was recorded goes with the next push`);
  }
}

/** HTTP clients hide what happened in the cause of the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = Object(error) as { message?: unknown; cause?: unknown };
  const { message: deeper } = Object(cause) as { message?: unknown };
  return [message ?? error, deeper].filter((part) => part !== undefined && part !== "").map(String).join(": ");
}

function sortedMetrics() {
  return (state.sorted ??= [...state.metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** 80 random bits: instances are never told apart by anything else. */
function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function compareOptions(given: Options, standing: Options): void {
  for (const name of Object.keys(given) as (keyof Options)[]) {
    if (JSON.stringify(given[name]) !== JSON.stringify(standing[name])) {
      warnOnce(`options ${name}`, `the option ${name} is ignored: the functions of one process share the options of the first one wrapped`);
    }
  }
}
