/**
 * Makes the runtime, which reads `_HANDLER` next, load the layer's handler, which loads the function's own.
 *
 * Other tools that are preloaded, such as OpenTelemetry's and Elastic's agents, look into `_HANDLER` for what to
 * instrument. They have seen the function's own by now.
 */
export function redirectHandler(env: NodeJS.ProcessEnv, layersHandler: string): void {
  const name = env["_HANDLER"];
  if (name === layersHandler) return;
  env["PREFREEZE_HANDLER"] = name;
  env["_HANDLER"] = layersHandler;
}
