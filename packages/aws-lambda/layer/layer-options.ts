import { warnOnce } from "@prefreeze/core/adapter";
import { httpMetrics, type LambdaOptions, resourceMetrics } from "@prefreeze/aws-lambda";

const known = new Map([
  ["http", httpMetrics],
  ["resources", resourceMetrics],
]);

/**
 * The options of the layer's `instrument()`: the measures that `PREFREEZE_MEASURES` lists, as `http,resources`.
 * Default: none. An unknown name is ignored with one warning.
 */
export function layerOptions(env: NodeJS.ProcessEnv): LambdaOptions {
  const names = (env["PREFREEZE_MEASURES"] ?? "").split(",").map((name) => name.trim());
  const measures = names.filter(Boolean).flatMap((name) => {
    const measure = known.get(name);
    if (!measure)
      warnOnce(
        `measure ${name}`,
        `PREFREEZE_MEASURES: ${name} is ignored, since it is neither http nor resources`,
      );
    return measure ?? [];
  });
  // An empty list would count as an option that differs from the function's own.
  return measures.length > 0 ? { measures } : {};
}
