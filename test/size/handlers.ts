/** The module format of a bundle. */
export type BundleFormat = "cjs" | "esm";

/** The platforms that have a size budget; Workers also with the aggregator that they export. */
export type SizedPlatform = "lambda" | "workers" | "workersAggregator" | "vercel";

/** `counter`: a handler with one counter. `all`: with a counter, a gauge and a histogram. */
export type SizedHandler = "counter" | "all";

const PACKAGES = {
  lambda: "@prefreeze/aws-lambda",
  workers: "@prefreeze/cloudflare-workers",
  workersAggregator: "@prefreeze/cloudflare-workers",
  vercel: "@prefreeze/vercel",
} as const;

const IMPORTS = {
  counter: "counter, instrument",
  all: "counter, gauge, histogram, instrument",
};

/** The source of a module that uses the same exports as such a handler, and has no code of its own. */
export function handlerSource(
  platform: SizedPlatform,
  handler: SizedHandler,
  format: BundleFormat,
): string {
  const name = PACKAGES[platform];
  // CommonJS functions register with the separate file `register.mjs`.
  const register = platform === "lambda" && format === "esm" ? `import "${name}/register";` : "";
  const aggregator =
    platform === "workersAggregator"
      ? `export { PrefreezeAggregator } from "${name}/aggregator";`
      : "";
  return `${register}${aggregator}export { ${IMPORTS[handler]} } from "${name}";`;
}
