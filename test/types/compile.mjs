// Runs one compiler in a process of its own: node compile.mjs <typescript> <tsconfig.json>…
// Checks the project's own files and every declaration of ours that they import, as with
// `skipLibCheck: false`. It leaves out the declarations of Node and AWS, which would take seconds.
// Prints the errors.
import { dirname } from "node:path";

const [compiler, ...configs] = process.argv.slice(2);
const { default: ts } = await import(compiler);

const wrong = configs.flatMap((config) => {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
  const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(config, {}, host);
  const program = ts.createProgram(fileNames, options);
  const ours = program
    .getSourceFiles()
    .filter(
      ({ fileName }) => fileNames.includes(fileName) || /\/packages\/[^/]+\/dist\//.test(fileName),
    );
  if (!ours.some(({ fileName }) => fileName.endsWith(".d.ts")))
    throw new Error("the project imports no declarations of ours");
  return [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
});
process.stdout.write(ts.formatDiagnostics(wrong, formatHost(dirname(configs[0]))));

function fail(diagnostic) {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
}

function formatHost(folder) {
  return {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
  };
}
