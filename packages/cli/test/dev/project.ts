import { spawn } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../command.js";

/** The command. */
export const program = fileURLToPath(new URL("../../bin/prefreeze.js", import.meta.url));
const modules = fileURLToPath(new URL("../../../../node_modules", import.meta.url));

/** A function that counts orders. */
export const ORDERS = `
import { counter, instrument } from "@prefreeze/aws-lambda";
const orders = counter({ name: "orders_total", help: "Orders accepted.", labelNames: ["plan"] });
interface Order { readonly plan: string; readonly fail?: boolean; readonly hang?: boolean }
export const handler = instrument(async (event: Order) => {
  console.log("an order of the plan", event.plan);
  if (event.fail) throw new TypeError("no such plan");
  if (event.hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
  orders.inc({ plan: event.plan });
  return { accepted: event.plan, secret: process.env.SECRET };
});
`;

/** A project with these files and the packages of this repository, until the test ends. */
export async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  await symlink(modules, join(folder, "node_modules"), "dir");
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** Runs `prefreeze dev lambda` in a folder. */
export function devLambda(
  folder: string,
  words: readonly string[],
  { stdin = "", environment = {} }: { stdin?: string; environment?: Record<string, string> } = {},
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, "dev", "lambda", ...words], {
      cwd: folder,
      env: environment,
    });
    const ended = { exitCode: null as number | null, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (ended.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (ended.stderr += text));
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ ...ended, exitCode }));
    child.stdin.on("error", () => undefined).end(stdin);
  });
}
