import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { DescribedFunction } from "./described-function.js";
import { templatesLane } from "./templates-lane.js";

type Block = Readonly<Record<string, unknown>>;

interface Terraform {
  readonly locals: readonly Readonly<Record<string, string>>[];
  readonly data: Readonly<Record<string, Readonly<Record<string, readonly Block[]>>>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, readonly Block[]>>>>;
  readonly variable: Readonly<Record<string, readonly Block[]>>;
}

/**
 * Parses HCL by Terraform's own parser, compiled to WebAssembly. Neither Terraform nor its AWS provider is on npm, so
 * the names and types of the resources' arguments are not checked.
 */
export async function parseTerraform(file: string): Promise<Terraform> {
  const require = createRequire(join(templatesLane, "package.json"));
  const { parse } = require("@cdktf/hcl2json") as {
    parse(name: string, text: string): Promise<unknown>;
  };
  return (await parse(file, await readFile(file, "utf8"))) as Terraform;
}

/** The function `shop`. Follows its references one by one; one to nothing throws. */
export function shopOfTerraform(
  { locals, data, resource }: Terraform,
  folder: string,
  variables: Readonly<Record<string, string>>,
): DescribedFunction {
  const shop = resource["aws_lambda_function"]!["shop"]![0]!;

  function valueOf(text: string): string {
    return text.replaceAll(/\$\{([\w.]+)\}/g, (_, reference: string) => {
      const [kind = "", name = "", ...rest] = reference.split(".");
      if (reference === "path.module") return folder;
      if (kind === "var") return variables[name]!;
      if (kind === "local") return valueOf(locals[0]![name]!);
      const block = kind === "data" ? data[name]![rest[0]!]![0]! : resource[kind]![name]![0]!;
      const attribute = rest.at(-1)!;
      // What it has after it was made: the file that it was made of stands for it.
      if (kind === "aws_lambda_layer_version" && attribute === "arn") {
        return valueOf(String(block["filename"]));
      }
      if (kind === "data" && attribute === "output_path")
        return valueOf(String(block["source_dir"]));
      throw new Error(`${reference} has no value here`);
    });
  }

  const [environment] = shop["environment"] as { variables: Record<string, string> }[];
  return {
    runtime: String(shop["runtime"]),
    handler: String(shop["handler"]),
    architectures: shop["architectures"] as string[],
    timeoutSeconds: Number(shop["timeout"]),
    memorySizeMb: Number(shop["memory_size"]),
    variables: Object.fromEntries(
      Object.entries(environment!.variables).map(([name, value]) => [name, valueOf(value)]),
    ),
    layers: (shop["layers"] as string[]).map(valueOf),
    code: valueOf(String(shop["filename"])),
  };
}
