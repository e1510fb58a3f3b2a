// `npm run coverage`: how much of the sources the packages' own tests run inside the test process. What
// they start as processes of their own (Lambda, Workers, Vercel) does not count.
import { defineConfig } from "vitest/config";
import { entriesOf, packageFolders, readManifest, root } from "./packaging/packages.js";
import { testSettings } from "./vitest.config.js";

/** Each of our packages' entries by its source: tests that import a package by name run `src`, not `dist`. */
const sources = packageFolders.flatMap((folder) =>
  entriesOf(readManifest(folder)).map(({ specifier, module }) => ({
    find: new RegExp(`^${specifier}$`),
    replacement: `${folder}/src/${module}.ts`,
  })),
);

export default defineConfig({
  root,
  resolve: { alias: sources },
  test: {
    ...testSettings,
    name: "coverage",
    include: ["packages/{core,node,gateway}/test/**/*.test.ts"],
    // Those of measures judge times, which counting the lines that run makes longer.
    exclude: ["**/node_modules/**", "packages/node/test/measures/**"],
    maxWorkers: 2,
    coverage: {
      enabled: true,
      provider: "v8",
      include: ["packages/{core,node,gateway}/src/**/*.ts"],
      reporter: [["text", { skipFull: true }], "text-summary"],
      reportsDirectory: ".cache/coverage",
    },
  },
});
