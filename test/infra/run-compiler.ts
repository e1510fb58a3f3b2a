import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const compiler = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

/** Compiles the project in a folder. @returns what the compiler prints: nothing if all is well */
export function runCompiler(folder: string): Promise<string> {
  return new Promise((resolve) =>
    execFile(process.execPath, [compiler, "-p", folder], { cwd: folder }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    ),
  );
}
