import { shared } from "../runtime/shared.js";
import { warnOnce } from "../runtime/warn.js";
import { isDisabled } from "./activation.js";
import { createInstance, type Instance } from "./instance.js";
import type { Options } from "./options.js";
import type { Platform } from "./platform.js";

const current = shared<{ instance: Instance | undefined }>("current", { instance: undefined });

const compared = new WeakSet<Options>();

/** The instance of this process or isolate. @returns undefined until a platform has set one up */
export function currentInstance(): Instance | undefined {
  return current.instance;
}

/**
 * The instance of this process or isolate, set up at the first call.
 *
 * @returns undefined if prefreeze is disabled
 * @throws TypeError if the `grouping` or the `labels` option could break the gateway, or collides with a metric's label
 */
export function instanceOn(platform: Platform, options: Options): Instance | undefined {
  const { instance } = current;
  // Each invocation comes here, always with the options of its own `instrument()`.
  if (instance && compared.has(options)) return instance;
  // What other code has put on `Object.prototype` is no option.
  const own = Object.assign(Object.create(null) as Options, options);
  compared.add(Object(options) as Options);
  if (!instance) {
    // Nor is it a part of a platform: a store that is none would make every recording throw.
    if (Object.getPrototypeOf(platform) === Object.prototype)
      Reflect.setPrototypeOf(platform, null);
    return isDisabled(own, platform.env)
      ? undefined
      : (current.instance = createInstance(platform, own));
  }
  for (const [name, given] of Object.entries(own)) {
    if (isSet(given) && !isSame(given, instance.options[name as keyof Options])) {
      warnOnce(
        `option ${name}`,
        `the ${name} option is ignored: the first instrument() has set it`,
      );
    }
  }
  return instance;
}

/** An empty list of measures is what the Lambda layer passes if nobody asked for any. */
function isSet(given: unknown): boolean {
  return given !== undefined && !(Array.isArray(given) && given.length === 0);
}

/** Calls of `instrument()` in several files write equal lists and objects of their own. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  const [those, these] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return those.length === these.size && those.every(([key, value]) => these.get(key) === value);
}
