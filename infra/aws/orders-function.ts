import { fileURLToPath } from "node:url";
import { Duration, Stack } from "aws-cdk-lib";
import { Architecture, type FunctionOptions, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import type { Construct } from "constructs";

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Source {
  /** Its name in `examples/aws-lambda`. */
  readonly file: string;
  readonly format: OutputFormat;
  /** Copies `register.mjs` into the bundle's folder, which becomes `/var/task/register.mjs`. */
  readonly withRegister: boolean;
}

/** An ES module whose first import is `@prefreeze/aws-lambda/register`. */
export function esmFunction(
  scope: Construct,
  id: string,
  file: string,
  options: FunctionOptions,
): NodejsFunction {
  return bundled(scope, id, { file, format: OutputFormat.ESM, withRegister: false }, options);
}

/** A CommonJS function, which is what CDK builds by default. Node.js preloads `register.mjs`. */
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

/** A function whose code does not use prefreeze. The layer wraps its handler. */
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
      // CloudFormation appends letters to a function's name, which differ for each new stack.
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
