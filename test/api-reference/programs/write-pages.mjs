// Writes the API reference as HTML. Each warning of TypeDoc, about a broken link or an unknown @param, is an error.
//
// Usage: node write-pages.mjs FOLDER ROOT TSCONFIG NAME=FILE…, with one NAME=FILE for each entry point.
import { relative } from "node:path";
import { Application } from "typedoc";

const [folder, root, tsconfig, ...words] = process.argv.slice(2);
const entries = words.map((word) => word.split("="));

const app = await Application.bootstrap({
  name: "prefreeze",
  entryPoints: entries.map(([, file]) => file),
  // A symbol that several entry points export is described in the first; the others link to it.
  sortEntryPoints: false,
  tsconfig,
  compilerOptions: { paths: Object.fromEntries(entries.map(([name, file]) => [name, [file]])) },
  basePath: root,
  displayBasePath: root,
  readme: "none",
  disableGit: true,
  gitRevision: "main",
  sourceLinkTemplate: "https://github.com/prefreeze/prefreeze/blob/main/{path}#L{line}",
  navigationLinks: { GitHub: "https://github.com/prefreeze/prefreeze" },
  excludeInternal: true,
  excludePrivate: true,
  // `npm run check` reports the compiler's errors.
  skipErrorChecking: true,
  validation: { invalidLink: true, notDocumented: false, notExported: false },
  hideGenerator: true,
});

const project = await app.convert();
if (project === undefined) process.exit(1);
// Users import the modules by these names.
for (const module of project.children ?? []) {
  const path = module.sources?.[0]?.fileName ?? "";
  const [name] =
    entries.find(([, file]) => relative(root, file).replaceAll("\\", "/") === path) ?? [];
  if (name === undefined) throw new Error(`${module.name} (${path}) is no entry point`);
  module.name = name;
}
app.validate(project);
await app.generateDocs(project, folder);
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;
