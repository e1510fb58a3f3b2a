import { warnOnce } from "@prefreeze/core/adapter";
import { httpMetrics, type LambdaOptions, resourceMetrics } from "@prefreeze/aws-lambda";

const known = new Map([
  ["http", httpMetrics],
  ["resources", resourceMetrics],
]);

/**
 * What else is measured: `PREFREEZE_MEASURES`, as `http,resources`. Default: nothing. What is neither is
 * warned about once.
 */
export function measuresOf(env: NodeJS.ProcessEnv): LambdaOptions["measures"] {
  const names = (env["PREFREEZE_MEASURES"] ?? "").split(",").map((name) => name.trim());
  return names.filter(Boolean).flatMap((name) => {
    const measure = known.get(name);
    if (!measure)
      warnOnce(`measure ${name}`, `PREFREEZE_MEASURES: ${name} is not http or resources; ignored`);
    return measure ?? [];
  });
}
