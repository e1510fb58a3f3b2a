import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCompiler } from "../run-compiler.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Compiles the JSON of dashboards as values of Grafana's own types, which takes no other properties than theirs.
 *
 * @param dashboards the texts of files, by name
 * @returns what the compiler says, which is nothing if all fit
 */
export async function compileDashboards(
  dashboards: Readonly<Record<string, string>>,
): Promise<string> {
  await mkdir(join(root, ".cache"), { recursive: true });
  // Inside the repository, where the compiler finds the types.
  const folder = await mkdtemp(join(root, ".cache", "grafana-types-"));
  try {
    const types = JSON.stringify(join(root, "test/infra/grafana/grafana-types.ts"));
    for (const [name, json] of Object.entries(dashboards))
      await writeFile(
        join(folder, `${name}.ts`),
        `import type { GrafanaDashboard } from ${types};\nexport const dashboard: GrafanaDashboard = ${json};`,
      );
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.json"),
        compilerOptions: {
          noEmit: true,
          declaration: false,
          allowImportingTsExtensions: true,
          // Grafana's types say `?` and mean "or undefined".
          exactOptionalPropertyTypes: false,
        },
        include: ["*.ts"],
        files: Object.keys(dashboards).map((name) => `${name}.ts`),
        references: [],
      }),
    );
    return await runCompiler(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
