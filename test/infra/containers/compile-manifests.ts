import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Manifest } from "./kubernetes-manifests.js";
import { runCompiler } from "../run-compiler.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A class of a model, which checks a value of its kind. */
export type Model = new (value: Manifest) => { validate(): void };

/** The packages that have the models of an API. */
const models = {
  v1: () => import("kubernetes-models/v1"),
  "apps/v1": () => import("kubernetes-models/apps/v1"),
  "networking.k8s.io/v1": () => import("kubernetes-models/networking.k8s.io/v1"),
  "monitoring.coreos.com/v1": () =>
    import("@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1"),
} as const;

/** The model of a manifest's kind. */
export async function modelOf({ apiVersion, kind }: Manifest): Promise<Model> {
  const found = (await models[apiVersion as keyof typeof models]()) as unknown;
  return (found as Record<string, Model>)[kind]!;
}

function packageOf({ apiVersion }: Manifest): string {
  const vendor = apiVersion.startsWith("monitoring.coreos.com/")
    ? "@kubernetes-models/prometheus-operator"
    : "kubernetes-models";
  return `${vendor}/${apiVersion}`;
}

/**
 * Compiles manifests as values of the types that are made of Kubernetes' own schema, which takes no other fields than
 * its own.
 *
 * @returns what the compiler says, which is nothing if all fit
 */
export async function compileManifests(manifests: readonly Manifest[]): Promise<string> {
  await mkdir(join(root, ".cache"), { recursive: true });
  // Inside the repository, where the compiler finds the types.
  const folder = await mkdtemp(join(root, ".cache", "kubernetes-types-"));
  try {
    const code = manifests.map(
      (manifest, i) =>
        `import type { I${manifest.kind} as Type${i} } from "${packageOf(manifest)}";\nexport const ${manifest.kind}${i}: Type${i} = ${JSON.stringify(manifest, null, 2)};\n`,
    );
    await writeFile(join(folder, "manifests.ts"), code.join(""));
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.json"),
        compilerOptions: { noEmit: true, declaration: false, exactOptionalPropertyTypes: false },
        files: ["manifests.ts"],
        references: [],
      }),
    );
    return await runCompiler(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
