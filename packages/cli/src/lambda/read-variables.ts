import { parseEnv } from "node:util";
import { readInput } from "../arguments/credentials.js";
import { gatewayUrl } from "../arguments/gateway-url.js";
import { WrongInput } from "../arguments/wrong-input.js";
import { EXEC_WRAPPER, RECORD } from "./settings.js";

/** What the command line says about the variables of functions. */
export interface VariableWords {
  readonly pushgateway?: string;
  /** `NAME=VALUE` each. */
  readonly var?: readonly string[];
  readonly varFile?: string;
}

const CREDENTIALS = ["PUSHGATEWAY_USERNAME", "PUSHGATEWAY_PASSWORD", "PUSHGATEWAY_BEARER_TOKEN"];

/**
 * Reads which variables functions are to have: those of the file, over credentials in this process's environment;
 * `--pushgateway` and `--var` override both.
 *
 * @throws WrongInput if something is malformed
 */
export function readVariables(
  words: VariableWords,
  environment: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const variables = new Map<string, string>();
  for (const name of [...CREDENTIALS, "PUSHGATEWAY_URL"]) {
    const value = environment[name];
    if (value) variables.set(name, value);
  }
  if (words.varFile !== undefined) {
    const text = readInput("--var-file", words.varFile);
    for (const [name, value = ""] of Object.entries(parseEnv(text))) variables.set(name, value);
  }
  if (words.pushgateway !== undefined) {
    const urls = words.pushgateway.split(",").map((url) => gatewayUrl(url.trim()));
    variables.set("PUSHGATEWAY_URL", urls.join(","));
  }
  for (const word of words.var ?? []) {
    const at = word.indexOf("=");
    // What is before the sign may be the secret itself, so the message does not repeat it.
    if (at < 1)
      throw new WrongInput("--var: give a name and a value, as in PREFREEZE_MEASURES=http");
    const [name, value] = [word.slice(0, at), word.slice(at + 1)];
    if (CREDENTIALS.includes(name) || (name === "PUSHGATEWAY_URL" && /[?@]/.test(value))) {
      throw new WrongInput(
        `--var ${name}: everybody on this machine can read a command line; set it in the environment or with --var-file`,
      );
    }
    variables.set(name, value);
  }
  checkVariables(variables);
  return variables;
}

/** @throws WrongInput if Lambda, or prefreeze, does not take a variable */
export function checkVariables(variables: ReadonlyMap<string, string>): void {
  for (const name of variables.keys()) {
    if (!/^[A-Za-z]\w+$/.test(name)) {
      throw new WrongInput(
        `${JSON.stringify(name.slice(0, 80))} is no name of a variable: Lambda takes letters, digits and underscores, first a letter`,
      );
    }
    if (name === EXEC_WRAPPER || name === RECORD || RESERVED.has(name)) {
      throw new WrongInput(`${name} cannot be set: ${why(name)}`);
    }
    if (/^(?:PREFREEZE|PUSHGATEWAY)_/.test(name) && !KNOWN.has(name)) {
      throw new WrongInput(
        `${name} is no variable of prefreeze: see https://github.com/prefreeze/prefreeze/blob/main/packages/aws-lambda/README.md#options`,
      );
    }
  }
  if (variables.has("PUSHGATEWAY_BEARER_TOKEN") && variables.has("PUSHGATEWAY_PASSWORD")) {
    throw new WrongInput("give either PUSHGATEWAY_BEARER_TOKEN or PUSHGATEWAY_PASSWORD, not both");
  }
}

function why(name: string): string {
  if (name === EXEC_WRAPPER) {
    return "it starts the layer; name another wrapper in PREFREEZE_EXEC_WRAPPER";
  }
  return name === RECORD ? "it holds what uninstrument restores" : "Lambda sets it itself";
}

/** What the layer reads. A test compares this with the guide of @prefreeze/aws-lambda. */
export const KNOWN: ReadonlySet<string> = new Set([
  ...CREDENTIALS,
  "PUSHGATEWAY_URL",
  "PREFREEZE_DISABLED",
  "PREFREEZE_EXEC_WRAPPER",
  "PREFREEZE_FLUSH_TIMEOUT_MS",
  "PREFREEZE_FORMAT",
  "PREFREEZE_GROUPING",
  "PREFREEZE_INSTANCE_PREFIX",
  "PREFREEZE_JOB",
  "PREFREEZE_JOURNAL",
  "PREFREEZE_LABELS",
  "PREFREEZE_MAX_LABEL_BYTES",
  "PREFREEZE_MAX_SERIES",
  "PREFREEZE_MEASURES",
  "PREFREEZE_MIN_FLUSH_INTERVAL_MS",
  "PREFREEZE_SERVICE_VERSION",
  "PREFREEZE_TIMEOUT_MARGIN_MS",
]);

/**
 * What Lambda does not let anybody set.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const RESERVED: ReadonlySet<string> = new Set([
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);
