import { fileURLToPath } from "node:url";
import { Duration, Stack } from "aws-cdk-lib";
import { Architecture, type FunctionOptions, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import type { Construct } from "constructs";

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Source {
  /** In `examples/aws-lambda`. */
  readonly file: string;
  readonly format: OutputFormat;
  /** Puts `register.mjs` beside the bundle, as `/var/task/register.mjs`. */
  readonly withRegister: boolean;
}

/** A function whose handler starts with `import "@prefreeze/aws-lambda/register"`. */
export function esmFunction(
  scope: Construct,
  id: string,
  file: string,
  options: FunctionOptions,
): NodejsFunction {
  return bundled(scope, id, { file, format: OutputFormat.ESM, withRegister: false }, options);
}

/** A function in CommonJS, which CDK builds unless told otherwise: Node loads `register.mjs` before it. */
export function commonJsFunction(
  scope: Construct,
  id: string,
  file: string,
  options: FunctionOptions,
): NodejsFunction {
  return bundled(
    scope,
    id,
    { file, format: OutputFormat.CJS, withRegister: true },
    {
      ...options,
      environment: { ...options.environment, NODE_OPTIONS: "--import=/var/task/register.mjs" },
    },
  );
}

/** A function whose code knows nothing of prefreeze: the layer wraps its handler. */
export function layeredFunction(
  scope: Construct,
  id: string,
  file: string,
  options: FunctionOptions,
): NodejsFunction {
  return bundled(
    scope,
    id,
    { file, format: OutputFormat.ESM, withRegister: false },
    {
      ...options,
      environment: { ...options.environment, AWS_LAMBDA_EXEC_WRAPPER: "/opt/prefreeze/wrapper" },
    },
  );
}

function bundled(
  scope: Construct,
  id: string,
  source: Source,
  options: FunctionOptions,
): NodejsFunction {
  return new NodejsFunction(scope, id, {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 256,
    timeout: Duration.seconds(10),
    ...options,
    environment: {
      ...options.environment,
      // The function's name ends in letters of CloudFormation's own, which differ with each new stack.
      PREFREEZE_JOB: `${Stack.of(scope).stackName}-${id}`.toLowerCase(),
    },
    entry: root(`examples/aws-lambda/${source.file}`),
    depsLockFilePath: root("package-lock.json"),
    bundling: {
      format: source.format,
      minify: true,
      ...(source.withRegister && { commandHooks: copyRegister }),
    },
  });
}

const copyRegister = {
  beforeBundling: () => [],
  beforeInstall: () => [],
  afterBundling: (inputFolder: string, outputFolder: string) => [
    `cp "${inputFolder}/node_modules/@prefreeze/aws-lambda/dist/register.mjs" "${outputFolder}"`,
  ],
};
