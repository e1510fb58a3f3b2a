import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The output of `cdk synth`, which `cdk deploy` deploys. */
export interface Assembly {
  /** The stack's template, as text. */
  readonly template: string;
  /** The function with this id in the app, `Http` or `Sqs`. */
  lambda(id: string): FunctionProperties;
  /** The properties of all resources of a type. */
  ofType(type: string): Readonly<Record<string, unknown>>[];
  /** The file or folder that is uploaded under this key. */
  asset(s3Key: string): string;
}

/** The properties of a function that a deployment sets. */
export interface FunctionProperties {
  readonly Runtime: string;
  readonly Handler: string;
  readonly Architectures: readonly string[];
  readonly MemorySize: number;
  readonly Timeout: number;
  readonly Layers?: readonly unknown[];
  readonly Code: { readonly S3Key: string };
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
}

/** Reads the one stack of an assembly. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const template = await readFile(join(folder, "Orders.template.json"), "utf8");
  const { files } = JSON.parse(
    await readFile(join(folder, "Orders.assets.json"), "utf8"),
  ) as AssetManifest;
  const { Resources } = JSON.parse(template) as { Resources: Record<string, Resource> };
  const entries = Object.entries(Resources);
  return {
    template,
    lambda(id) {
      // CDK adds eight hexadecimal digits to an id.
      const [, found] = entries.find(
        ([logicalId, { Type }]) =>
          Type === "AWS::Lambda::Function" && logicalId.slice(0, -8) === id,
      ) ?? [undefined, undefined];
      if (found === undefined) throw new Error(`The stack has no function ${id}.`);
      return found.Properties as unknown as FunctionProperties;
    },
    ofType: (type) =>
      entries.filter(([, { Type }]) => Type === type).map(([, { Properties }]) => Properties),
    asset(s3Key) {
      const path = files[s3Key.replace(/\.zip$/, "")]?.source.path;
      if (path === undefined) throw new Error(`The assembly has no asset for ${s3Key}.`);
      return join(folder, path);
    },
  };
}
