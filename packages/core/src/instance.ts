import { defineFaasMetrics, type RecordOutcome } from "./faas-metrics.js";
import type { Platform } from "./platform.js";
import { type Pushing, startPushing } from "./pushing.js";
import { isDisabled, type Options, resolveSettings, type Settings } from "./settings.js";
import { state } from "./state.js";
import { warnOnce } from "./warn.js";

/** One execution environment, isolate or process, with what it counts. */
export interface Instance {
  readonly platform: Platform;
  readonly settings: Settings;
  readonly options: Options;
  readonly recordOutcome: RecordOutcome;
  /** The next invocation is the first. */
  cold: boolean;
  /** Undefined where nothing is pushed. */
  readonly pushing?: Pushing;
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
  const recordOutcome = defineFaasMetrics(platform);
  const settings = resolveSettings(options, platform.env, platform);
  state.maxSeries = settings.maxSeries;
  state.store = platform.store;
  const instance = { platform, settings, options, recordOutcome };
  const cold = platform.coldStart !== false;
  if (settings.gateways.length > 0) return { ...instance, cold, pushing: startPushing(instance) };
  warnOnce("PUSHGATEWAY_URL", "PUSHGATEWAY_URL is not set: nothing is pushed");
  return { ...instance, cold };
}
