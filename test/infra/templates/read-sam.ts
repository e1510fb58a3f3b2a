import { createRequire } from "node:module";
import { join } from "node:path";
import { cdkApp } from "../cdk-app.js";
import type { DescribedFunction } from "./described-function.js";

interface Properties {
  readonly [name: string]: unknown;
  readonly Layers?: readonly { readonly Ref: string }[];
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
}

export interface SamTemplate {
  readonly Parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Globals: { readonly Function: Properties };
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Properties }>
  >;
}

interface Cdk {
  readonly App: new (options: object) => {
    synth(): { getStackByName(name: string): { readonly template: unknown } };
  };
  readonly Stack: new (scope: unknown, id: string) => unknown;
}

interface Include {
  readonly CfnInclude: new (scope: unknown, id: string, options: object) => unknown;
}

/**
 * Reads a template of SAM by CDK's `CfnInclude`, which parses its functions and looks up its references. SAM's own CLI
 * is not on npm, so what its transform does is done here: it merges `Globals` into each function.
 *
 * @throws Error if CDK does not take the template
 */
export function includeSam(templateFile: string, outdir: string): SamTemplate {
  const require = createRequire(join(cdkApp, "package.json"));
  const { App, Stack } = require("aws-cdk-lib") as Cdk;
  const { CfnInclude } = require("aws-cdk-lib/cloudformation-include") as Include;
  const app = new App({ outdir });
  const stack = new Stack(app, "Included");
  // In CDK, what is made belongs to its scope by being made.
  Reflect.construct(CfnInclude, [stack, "Template", { templateFile }]);
  return app.synth().getStackByName("Included").template as SamTemplate;
}

/** The function `Shop` of the template. */
export function shopOfSam(
  { Globals, Resources }: SamTemplate,
  folder: string,
  parameters: Readonly<Record<string, string>>,
): DescribedFunction {
  const shop = Resources["Shop"]!;
  if (shop.Type !== "AWS::Serverless::Function") throw new Error(`Shop is ${shop.Type}`);
  const merged: Properties = { ...Globals.Function, ...shop.Properties };
  const variables = {
    ...Globals.Function.Environment?.Variables,
    ...shop.Properties.Environment?.Variables,
  };
  const layers = [...(Globals.Function.Layers ?? []), ...(shop.Properties.Layers ?? [])];
  return {
    runtime: String(merged["Runtime"]),
    handler: String(merged["Handler"]),
    architectures: merged["Architectures"] as string[],
    timeoutSeconds: Number(merged["Timeout"]),
    memorySizeMb: Number(merged["MemorySize"]),
    variables: Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [
        name,
        typeof value === "string" ? value : parameters[(value as { Ref: string }).Ref]!,
      ]),
    ),
    layers: layers.map(({ Ref }) => {
      const layer = Resources[Ref]!;
      if (layer.Type !== "AWS::Serverless::LayerVersion")
        throw new Error(`${Ref} is ${layer.Type}`);
      return join(folder, String(layer.Properties["ContentUri"]));
    }),
    code: join(folder, String(merged["CodeUri"])),
  };
}
