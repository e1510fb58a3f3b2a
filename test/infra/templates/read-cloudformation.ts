import type { DescribedFunction } from "./described-function.js";

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A template of CloudFormation, as CDK and Serverless make it. */
export interface CloudFormation {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/**
 * The one function of the template.
 *
 * @param fileOf finds what is uploaded under a key
 */
export function functionOf(
  { Resources }: CloudFormation,
  fileOf: (s3Key: string) => string,
): DescribedFunction {
  const functions = Object.values(Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
  if (functions.length !== 1) throw new Error(`it has ${functions.length} functions`);
  const properties = functions[0]!.Properties;
  const key = (content: unknown): string => (content as { S3Key: string }).S3Key;
  return {
    runtime: String(properties["Runtime"]),
    handler: String(properties["Handler"]),
    architectures: properties["Architectures"] as string[],
    timeoutSeconds: Number(properties["Timeout"]),
    memorySizeMb: Number(properties["MemorySize"]),
    variables: (properties["Environment"] as { Variables: Record<string, string> }).Variables,
    layers: (properties["Layers"] as { Ref: string }[]).map(({ Ref }) => {
      const layer = Resources[Ref]!;
      if (layer.Type !== "AWS::Lambda::LayerVersion") throw new Error(`${Ref} is ${layer.Type}`);
      return fileOf(key(layer.Properties["Content"]));
    }),
    code: fileOf(key(properties["Code"])),
  };
}
