import { warnOnce } from "@prefreeze/core/adapter";
import { httpMetrics, type LambdaOptions, resourceMetrics } from "@prefreeze/aws-lambda";

const known = new Map([
  ["http", httpMetrics],
  ["resources", resourceMetrics],
]);

/**
 * The measures that `PREFREEZE_MEASURES` lists, as `http,resources`. Default: none. An unknown name is ignored
 * with one warning.
 */
export function measuresOf(env: NodeJS.ProcessEnv): LambdaOptions["measures"] {
  const names = (env["PREFREEZE_MEASURES"] ?? "").split(",").map((name) => name.trim());
  return names.filter(Boolean).flatMap((name) => {
    const measure = known.get(name);
    if (!measure)
      warnOnce(
        `measure ${name}`,
        `PREFREEZE_MEASURES: ${name} is ignored, since it is neither http nor resources`,
      );
    return measure ?? [];
  });
}
