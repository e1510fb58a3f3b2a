import { encode } from "./encode.js";
import { defineFaasMetrics, type RecordOutcome } from "./faas-metrics.js";
import { createFlusher, type Flusher } from "./flusher.js";
import { groupPath } from "./group-path.js";
import type { Platform } from "./platform.js";
import { logPush } from "./push-log.js";
import { pushgateway } from "./pushgateway.js";
import { defineSelfMetrics } from "./self-metrics.js";
import { isDisabled, type Options, resolveSettings, type Settings } from "./settings.js";
import { state } from "./state.js";
import { warnOnce } from "./warn.js";

/** One life of one execution environment, isolate or process. */
export interface Instance {
  /** A readable prefix and what is unique to this life: it never starts again at zero. */
  readonly id: string;
  readonly platform: Platform;
  readonly settings: Settings;
  readonly options: Options;
  readonly recordOutcome: RecordOutcome;
  /** Undefined where nothing is pushed. */
  flusher?: Flusher;
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
  if (!instance) {
    return isDisabled(options, platform.env)
      ? undefined
      : (state.instance = start(platform, options));
  }
  for (const name in options) {
    const given = options[name as keyof Options];
    if (given !== instance.options[name as keyof Options]) {
      warnOnce(`option ${name}`, `option ${name} is ignored: the first instrument() sets it`);
    }
  }
  return instance;
}

function start(platform: Platform, options: Options): Instance {
  const selfMetrics = defineSelfMetrics();
  const recordOutcome = defineFaasMetrics(platform);
  const settings = resolveSettings(options, platform.env, platform);
  const { url } = settings;
  state.maxSeries = settings.maxSeries;
  state.store = platform.store;
  // 74 random bits.
  const id = `${settings.instancePrefix}-${crypto.randomUUID().slice(0, 23)}`;
  const instance: Instance = {
    id,
    platform,
    settings,
    options,
    recordOutcome,
    sequence: 0,
    failures: 0,
    cold: platform.coldStart !== false,
  };
  if (!url) {
    warnOnce("PUSHGATEWAY_URL", "PUSHGATEWAY_URL is not set: nothing is pushed");
    return instance;
  }
  const target = pushgateway({
    ...options,
    ...settings,
    url,
    transport: options.transport ?? platform.transport,
  });
  let path: string | undefined;
  instance.flusher = createFlusher(
    // What throws in here is a push that failed.
    async (controller) => {
      selfMetrics.update(++instance.sequence);
      path ??= groupPath({ ...settings, instance: id });
      return target.send("PUT", path, encode(sortedMetrics()), controller);
    },
    settings.flushTimeoutMs,
    (durationMs, failure) => {
      selfMetrics.flushed(!failure, durationMs);
      logPush(instance, failure);
    },
  );
  return instance;
}

function sortedMetrics() {
  return (state.sorted ??= [...state.metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}
