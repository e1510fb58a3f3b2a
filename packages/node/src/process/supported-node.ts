import { warnOnce } from "@prefreeze/core/adapter";

/**
 * Whether this Node.js has `process.getBuiltinModule`, by which this package loads Node's modules: 20.16, 22.3
 * and later. If not, one warning says so, and an adapter runs its handlers bare.
 */
export function isSupportedNode(): boolean {
  if (Reflect.has(process, "getBuiltinModule")) return true;
  warnOnce(
    "node version",
    `functions run without metrics on Node.js ${process.version}: use 20.16, 22.3 or later`,
  );
  return false;
}
