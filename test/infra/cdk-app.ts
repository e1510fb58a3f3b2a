import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { install } from "../../examples/demo/install.mjs";
import { readAssembly, type Assembly } from "./cloud-assembly.js";

/** The CDK app's folder. */
export const cdkApp = fileURLToPath(new URL("../../infra/aws/", import.meta.url));

/** Installs the CDK app's dependencies if they are missing. */
export async function installCdkApp(): Promise<void> {
  await install(cdkApp);
}

/** Runs `cdk synth` into a folder, as the app's README says. */
export async function synthByCli(
  folder: string,
  context: Readonly<Record<string, string>>,
): Promise<Assembly> {
  const args = ["synth", "--quiet", "--no-notices", "--no-lookups", "--output", folder];
  for (const [name, value] of Object.entries(context)) args.push("-c", `${name}=${value}`);
  await run([join(cdkApp, "node_modules/aws-cdk/bin/cdk"), ...args], { HOME: folder });
  return await readAssembly(folder);
}

/** Runs the app itself, as the CLI does after all look-ups, but without bundling. */
export async function synthWithoutBundles(
  folder: string,
  context: Readonly<Record<string, unknown>>,
): Promise<Assembly> {
  const { app } = JSON.parse(await readFile(join(cdkApp, "cdk.json"), "utf8")) as { app: string };
  const [, ...args] = app.split(" ");
  await run(args, {
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, "aws:cdk:bundling-stacks": [] }),
    CDK_DEFAULT_ACCOUNT: "123456789012",
    CDK_DEFAULT_REGION: "eu-central-1",
  });
  return await readAssembly(folder);
}

/** Runs Node with variables that make any request to AWS, Docker or a registry fail. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  await promisify(execFile)(process.execPath, args, {
    cwd: cdkApp,
    env: {
      PATH: process.env["PATH"],
      CDK_DISABLE_CLI_TELEMETRY: "true",
      CDK_DOCKER: "no-docker-here",
      AWS_EC2_METADATA_DISABLED: "true",
      npm_config_offline: "true",
      ...env,
    },
  });
}
