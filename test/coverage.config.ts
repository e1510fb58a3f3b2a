// `npm run coverage`: how much of the sources the packages' own tests run inside the test process. What
// they start as processes of their own (Lambda, Workers, Vercel) does not count.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { testSettings } from "./vitest.config.js";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly import?: string }>>;
}

/** Each of our packages' entries by its source: tests that import a package by name run `src`, not `dist`. */
const sources = readdirSync(`${root}packages`)
  .map((name) => `${root}packages/${name}`)
  .filter((folder) => existsSync(`${folder}/package.json`))
  .flatMap((folder) => {
    const { name, exports } = JSON.parse(
      readFileSync(`${folder}/package.json`, "utf8"),
    ) as Manifest;
    return Object.entries(exports).flatMap(([entry, { import: built }]) =>
      built === undefined
        ? []
        : [
            {
              find: new RegExp(`^${name}${entry.slice(1)}$`),
              replacement: built.replace("./dist/esm/", `${folder}/src/`).replace(/\.js$/, ".ts"),
            },
          ],
    );
  });

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
