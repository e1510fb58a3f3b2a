import { fileURLToPath } from "node:url";
import { readBlocks } from "../../../../test/readme/blocks.js";

/** The named blocks of the package's README: what its readers copy. */
export async function guideBlocks(): Promise<(name: string) => string> {
  const blocks = await readBlocks(fileURLToPath(new URL("../../README.md", import.meta.url)));
  return (name) => {
    const block = blocks.find((each) => each.name === name);
    if (block === undefined) throw new Error(`The guide has no block ${name}.`);
    return block.text;
  };
}
