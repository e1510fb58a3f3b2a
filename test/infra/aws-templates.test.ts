import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { strFromU8, unzipSync } from "fflate";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { type Code, useLayer } from "../../packages/aws-lambda/test/layer.js";
import { runAsConfigured } from "../../packages/cli/test/lambda/run-as-configured.js";
import { useGateway } from "../pushgateway/use-gateway.js";
import { installCdkApp } from "./cdk-app.js";
import { copyTemplate } from "./templates/copy-template.js";
import type { DescribedFunction } from "./templates/described-function.js";
import { packageServerless } from "./templates/package-serverless.js";
import { type CloudFormation, functionOf } from "./templates/read-cloudformation.js";
import { includeSam, shopOfSam } from "./templates/read-sam.js";
import { parseTerraform, shopOfTerraform } from "./templates/read-terraform.js";
import { installTemplateTools } from "./templates/templates-lane.js";

const gateway = useGateway();
const layer = useLayer();
const layerZip = fileURLToPath(
  new URL("../../packages/aws-lambda/dist/prefreeze-layer.zip", import.meta.url),
);

// The first run installs the tools.
beforeAll(async () => {
  await installCdkApp();
  await installTemplateTools();
}, 300_000);

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-templates-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `cdk synth`, which checks the template by CloudFormation's rules with this setting. */
async function synthCdk(folder: string, pushgatewayUrl: string): Promise<DescribedFunction> {
  const context = [
    `pushgatewayUrl=${pushgatewayUrl}`,
    "@aws-cdk/core:validateAgainstDefaultRules=true",
  ];
  await promisify(execFile)(
    process.execPath,
    [
      "node_modules/aws-cdk/bin/cdk",
      "synth",
      "--quiet",
      "--no-notices",
      "--no-lookups",
      ...context.flatMap((each) => ["-c", each]),
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        AWS_EC2_METADATA_DISABLED: "true",
        CDK_DISABLE_CLI_TELEMETRY: "true",
      },
    },
  );
  const out = join(folder, "cdk.out");
  const readJson = async (name: string) =>
    JSON.parse(await readFile(join(out, name), "utf8")) as unknown;
  const { files } = (await readJson("PrefreezeShop.assets.json")) as {
    files: Record<string, { source: { path: string } }>;
  };
  return functionOf((await readJson("PrefreezeShop.template.json")) as CloudFormation, (key) =>
    join(out, files[key.replace(/\.zip$/, "")]!.source.path),
  );
}

/** The files of a function, from its folder or its zip. */
async function codeOf({ code }: DescribedFunction): Promise<Code> {
  if (!(await stat(code)).isDirectory()) {
    const files = Object.entries(unzipSync(await readFile(code)));
    return Object.fromEntries(files.map(([path, bytes]) => [path, strFromU8(bytes)]));
  }
  const names = await readdir(code);
  const texts = names.map(
    async (name) => [name, await readFile(join(code, name), "utf8")] as const,
  );
  return Object.fromEntries(await Promise.all(texts));
}

const withCdk = Object.fromEntries(
  ["aws-cdk", "aws-cdk-lib", "constructs", "tsx"].map((name) => [
    name,
    `infra/aws/node_modules/${name}`,
  ]),
);

/** What each tool makes of its folder. */
const tools: Readonly<Record<string, (url: string) => Promise<DescribedFunction>>> = {
  async cdk(url) {
    return synthCdk(await copyTemplate("cdk", withCdk), url);
  },
  async sam(url) {
    const folder = await copyTemplate("sam", {});
    const template = includeSam(join(folder, "template.yaml"), await temporaryFolder());
    return shopOfSam(template, folder, { PushgatewayUrl: url });
  },
  async serverless(url) {
    const { printed, shop } = await packageServerless(await copyTemplate("serverless", {}), {
      pushgatewayUrl: url,
    });
    expect(printed).toContain("Service packaged");
    expect(printed).not.toMatch(/warning/i);
    return shop;
  },
  async terraform(url) {
    const folder = await copyTemplate("terraform", {});
    const parsed = await parseTerraform(join(folder, "main.tf"));
    return shopOfTerraform(parsed, folder, { pushgateway_url: url });
  },
};

test.each(Object.entries(tools))(
  "%s: the function has the layer and its variables, and its invocations reach the gateway",
  { timeout: 120_000 },
  async (_, described) => {
    const shop = await described(gateway.url);
    expect(shop).toMatchObject({
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      timeoutSeconds: 10,
      memorySizeMb: 256,
      variables: {
        AWS_LAMBDA_EXEC_WRAPPER: "/opt/prefreeze/wrapper",
        PUSHGATEWAY_URL: gateway.url,
      },
    });
    expect(shop.layers).toHaveLength(1);
    expect((await readFile(shop.layers[0]!)).equals(await readFile(layerZip))).toBe(true);

    const { invoke, lambda } = await runAsConfigured(
      await codeOf(shop),
      { handler: shop.handler, layers: ["prefreeze"], variables: shop.variables },
      { prefreeze: layer().opt },
      { timeoutMs: shop.timeoutSeconds * 1000 },
    );
    expect((await invoke({ plan: "pro" })).result).toEqual({ ok: true, plan: "pro" });
    expect((await invoke()).result).toEqual({ ok: true, plan: "free" });
    await lambda.settled();
    expect(await gateway.shown("faas_invocations_total", { job: "shop" })).toBe(2);
  },
);

test("a template of SAM with a reference to nothing is refused", async () => {
  const folder = await copyTemplate("sam", {});
  const file = join(folder, "template.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("Value: !Ref Shop", "Value: !Ref Shoop"));
  const outdir = await temporaryFolder();
  expect(() => includeSam(file, outdir)).toThrow(/Shoop/);
});

test("a serverless.yml with a wrong type is refused", async () => {
  const folder = await copyTemplate("serverless", {});
  const file = join(folder, "serverless.yml");
  const text = await readFile(file, "utf8");
  await writeFile(
    file,
    text
      .replace("provider:\n", "configValidationMode: error\nprovider:\n")
      .replace("timeout: 10", "timeout: soon"),
  );
  await expect(packageServerless(folder, { pushgatewayUrl: gateway.url })).rejects.toThrow();
});

test("a main.tf that is no HCL is refused", async () => {
  const folder = await copyTemplate("terraform", {});
  const file = join(folder, "main.tf");
  await writeFile(file, (await readFile(file, "utf8")).replace("layers = [", "layers = "));
  await expect(parseTerraform(file)).rejects.toThrow();
});

test("an address with a password, which a template or a state would show, is refused by each", async () => {
  const secret = "http://shop:geheim@gateway:9091";
  await expect(synthCdk(await copyTemplate("cdk", withCdk), secret)).rejects.toThrow(
    /without a password/,
  );
  const sam = includeSam(
    join(await copyTemplate("sam", {}), "template.yaml"),
    await temporaryFolder(),
  );
  const { variable } = await parseTerraform(join(await copyTemplate("terraform", {}), "main.tf"));
  const [, ofTerraform = ""] = /regex\(\\"(.*?)\\"/.exec(JSON.stringify(variable)) ?? [];
  for (const pattern of [
    String(sam.Parameters["PushgatewayUrl"]?.["AllowedPattern"]),
    ofTerraform,
  ]) {
    // CloudFormation's patterns match as a whole.
    expect(`${pattern} takes it: ${new RegExp(`^(?:${pattern})$`).test(secret)}`).toMatch(/false$/);
    expect(gateway.url).toMatch(new RegExp(`^(?:${pattern})$`));
  }
});
