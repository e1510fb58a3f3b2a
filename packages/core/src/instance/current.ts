import { shared } from "../runtime/shared.js";
import { warnOnce } from "../runtime/warn.js";
import { isDisabled } from "./activation.js";
import { createInstance, type Instance } from "./instance.js";
import type { Options } from "./options.js";
import type { Platform } from "./platform.js";

const current = shared<{ instance: Instance | undefined }>("current", { instance: undefined });

/** The instance of this process or isolate. @returns undefined until a platform has set one up */
export function currentInstance(): Instance | undefined {
  return current.instance;
}

/**
 * The instance of this process or isolate, set up at the first call.
 *
 * @returns undefined if prefreeze is disabled
 * @throws TypeError if the `grouping` option could break the gateway, or collides with a metric's label
 */
export function instanceOn(platform: Platform, options: Options): Instance | undefined {
  const { instance } = current;
  if (!instance) {
    return isDisabled(options, platform.env)
      ? undefined
      : (current.instance = createInstance(platform, options));
  }
  for (const name in options) {
    const given = options[name as keyof Options];
    if (given !== instance.options[name as keyof Options]) {
      warnOnce(
        `option ${name}`,
        `the ${name} option is ignored, since the first instrument() has set it; pass the same options everywhere`,
      );
    }
  }
  return instance;
}
