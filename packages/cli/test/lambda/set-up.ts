import { instrumentLambda, type InstrumentLambdaOptions, uninstrumentLambda } from "prefreeze";
import { layerArn, REGION } from "./control-api/fake-functions.js";
import { type ControlApi, startControlApi } from "./control-api/start-control-api.js";

export const LAYER = layerArn("prefreeze", 3);
/** A layer of somebody else. */
export const OTHER = layerArn("other", 7);
export const GATEWAY = "http://pushgateway.internal:9091";
export const WRAPPER = "/opt/prefreeze/wrapper";

/** Starts the fake control API, in which our layer has three versions. */
export async function startApi(): Promise<ControlApi> {
  const api = await startControlApi();
  for (const version of [1, 2, 3]) api.functions.layers.add(layerArn("prefreeze", version));
  return api;
}

/** Instruments as most tests do. */
export function instrument(
  functions: readonly string[],
  options: Partial<InstrumentLambdaOptions> = {},
): ReturnType<typeof instrumentLambda> {
  return instrumentLambda({
    functions,
    layer: LAYER,
    variables: { PUSHGATEWAY_URL: GATEWAY },
    waitMs: 5000,
    ...options,
  });
}

export function uninstrument(
  functions: readonly string[],
  options: Partial<InstrumentLambdaOptions> = {},
): ReturnType<typeof uninstrumentLambda> {
  return uninstrumentLambda({ functions, region: REGION, waitMs: 5000, ...options });
}
