import { defineFaasMetrics, type RecordOutcome } from "../invocation/faas-metrics.js";
import type { Platform } from "./platform.js";
import { type Pushing, startPushing } from "../life/pushing.js";
import { isDisabled, type Options, resolveSettings, type Settings } from "./settings.js";
import { current } from "../invocation/running.js";
import { catalog } from "../metrics/catalog.js";
import { shared } from "../runtime/shared.js";
import { warnOnce } from "../runtime/warn.js";

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

/** Undefined until a platform has set one up. */
export const here: { instance?: Instance | undefined } = shared({ instance: undefined });

/**
 * The instance of this process or isolate, set up when first asked for; undefined where it is disabled.
 *
 * @throws TypeError where the `grouping` option could break the gateway or collides with a metric's label.
 */
export function instanceOn(platform: Platform, options: Options): Instance | undefined {
  const { instance } = here;
  if (!instance) {
    return isDisabled(options, platform.env)
      ? undefined
      : (here.instance = start(platform, options));
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
  catalog.maxSeries = settings.maxSeries;
  catalog.groupLabels = settings.grouping;
  current.store = platform.store;
  const instance = { platform, settings, options, recordOutcome };
  const cold = platform.coldStart !== false;
  if (settings.gateways.length > 0) return { ...instance, cold, pushing: startPushing(instance) };
  warnOnce("PUSHGATEWAY_URL", "PUSHGATEWAY_URL is not set: nothing is pushed");
  return { ...instance, cold };
}
