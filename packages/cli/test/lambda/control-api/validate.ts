import { ApiError } from "./api-error.js";

/** @throws ApiError as Lambda does */
export function checkVariables(variables: Readonly<Record<string, string>>): void {
  const names = Object.keys(variables);
  const malformed = names.filter((name) => !/^[a-zA-Z]([a-zA-Z0-9_])+$/.test(name));
  if (malformed.length > 0) {
    invalid(
      `1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]: ${malformed}`,
    );
  }
  const reserved = names.filter((name) => RESERVED.has(name));
  if (reserved.length > 0) {
    invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved}`,
    );
  }
  const text = JSON.stringify(variables);
  if (Buffer.byteLength(text) > 4096) {
    invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${text}`,
    );
  }
}

/** @throws ApiError as Lambda does */
export function checkLayers(
  layers: readonly string[],
  existing: ReadonlySet<string>,
  region: string,
  packageType: string,
): void {
  if (packageType === "Image" && layers.length > 0) {
    invalid("Please don't provide Layers when the packageType is Image.");
  }
  if (layers.length > 5) invalid("Cannot reference more than 5 layers.");
  const names = layers.map((layer) => layer.replace(/:\d+$/, ""));
  if (new Set(names).size < names.length) {
    invalid(
      "Two different versions of the same layer are not allowed to be referenced in the same function.",
    );
  }
  for (const layer of layers) {
    if (layer.split(":")[3] !== region) invalid(`Layers are not in the same region: ${layer}`);
    if (!existing.has(layer)) invalid(`Layer version ${layer} does not exist.`);
  }
}

function invalid(message: string): never {
  throw new ApiError(400, "InvalidParameterValueException", message);
}

/** Written down here again, from the guide of Lambda, so that a gap in the command's own list shows. */
const RESERVED = new Set(
  `_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE
  AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  AWS_SESSION_TOKEN AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR`.split(/\s+/),
);
