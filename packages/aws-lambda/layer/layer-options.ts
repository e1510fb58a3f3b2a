import type { Format } from "@prefreeze/core";
import { warnOnce } from "@prefreeze/core/adapter";
import { httpMetrics, type LambdaOptions, resourceMetrics } from "@prefreeze/aws-lambda";

type Env = NodeJS.ProcessEnv;

const known = new Map([
  ["http", httpMetrics],
  ["resources", resourceMetrics],
]);

/** The options of the layer's `instrument()`. What a variable names and nobody knows is ignored with one warning. */
export async function layerOptions(env: Env): Promise<LambdaOptions> {
  const format = await formatIn(env);
  const measures = measuresIn(env);
  // An empty list would count as an option that differs from the function's own.
  return { ...(format && { format }), ...(measures.length > 0 && { measures }) };
}

/** The format that `PREFREEZE_FORMAT` names: `text` or `protobuf`. Default: text. */
async function formatIn(env: Env): Promise<Format | undefined> {
  const name = (env["PREFREEZE_FORMAT"] ?? "").trim();
  if (name === "protobuf") return (await import("./protobuf.mjs")).protobuf;
  if (name && name !== "text")
    warnOnce(
      "PREFREEZE_FORMAT",
      `PREFREEZE_FORMAT: ${name} is ignored, since it is neither text nor protobuf`,
    );
  return undefined;
}

/** The measures that `PREFREEZE_MEASURES` lists, as `http,resources`. Default: none. */
function measuresIn(env: Env): NonNullable<LambdaOptions["measures"]> {
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
