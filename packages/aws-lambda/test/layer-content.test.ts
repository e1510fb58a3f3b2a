import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { buildLayer, useLayer } from "./layer.js";

const layer = useLayer();

describe("the wrapper", () => {
  /**
   * Starts a process through the wrapper, as Lambda starts the runtime.
   *
   * @returns the variables and arguments of the process
   */
  async function startWrapped(folder: string, env: Record<string, string>): Promise<unknown> {
    const script = `const { _HANDLER, PREFREEZE_HANDLER, NODE_OPTIONS } = process.env;
      const args = process.argv.slice(1);
      console.log(JSON.stringify({ _HANDLER, PREFREEZE_HANDLER, NODE_OPTIONS, args, registered: globalThis.registered }))`;
    const command = [process.execPath, "-e", script, "one", "two words"];
    const { stdout } = await promisify(execFile)(join(folder, "wrapper"), command, { env });
    return JSON.parse(stdout) as unknown;
  }

  /** Makes a folder with the wrapper and a preload that only records that it ran. */
  async function makeWrapperFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "prefreeze-wrapper-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await copyFile(join(layer().opt, "prefreeze/wrapper"), join(folder, "wrapper"));
    await writeFile(join(folder, "register.mjs"), "globalThis.registered = true;");
    return folder;
  }

  test("preloads the file beside it, and passes the handler and the arguments to the runtime", async () => {
    const folder = await makeWrapperFolder();
    expect(await startWrapped(folder, { _HANDLER: "src/app.api.handler" })).toEqual({
      _HANDLER: "src/app.api.handler",
      NODE_OPTIONS: `--import=${folder}/register.mjs`,
      args: ["one", "two words"],
      registered: true,
    });
  });

  test("keeps the function's own NODE_OPTIONS, spaces included, and is preloaded after them", async () => {
    const folder = await makeWrapperFolder();
    const own = `--no-warnings  --title="a title" `;
    expect(
      await startWrapped(folder, { _HANDLER: "index.handler", NODE_OPTIONS: own }),
    ).toMatchObject({
      NODE_OPTIONS: `${own} --import=${folder}/register.mjs`,
      registered: true,
    });
  });

  test("starts another layer's wrapper first, and is preloaded after what that one preloads", async () => {
    const folder = await makeWrapperFolder();
    const other = join(folder, "other");
    await writeFile(
      other,
      `#!/bin/sh\nexport NODE_OPTIONS="$NODE_OPTIONS --no-warnings" _HANDLER=other.handler\nexec "$@"\n`,
      { mode: 0o755 },
    );
    expect(
      await startWrapped(folder, { _HANDLER: "index.handler", PREFREEZE_EXEC_WRAPPER: other }),
    ).toEqual({
      _HANDLER: "other.handler",
      NODE_OPTIONS: ` --no-warnings --import=${folder}/register.mjs`,
      args: ["one", "two words"],
      registered: true,
    });
  });
});

test("the zip has the same bytes whatever the time zone of the build", async () => {
  const other = await buildLayer("Asia/Tokyo");
  await other.remove();
  expect(Buffer.compare(other.zip, layer().zip)).toBe(0);
  // The size that the README states, in kB.
  expect(Math.round(layer().zip.length / 1_000)).toBe(42);
});

test("every user may read the layer's files and run its wrapper", async () => {
  const modes: Record<string, string> = {};
  for (const file of await readdir(join(layer().opt, "prefreeze"))) {
    modes[file] = ((await stat(join(layer().opt, "prefreeze", file))).mode & 0o777).toString(8);
  }
  expect(modes).toEqual({
    "handler.mjs": "644",
    "protobuf.mjs": "644",
    "register.mjs": "644",
    wrapper: "755",
  });
});

test("protobuf is a file of its own, which only PREFREEZE_FORMAT makes the layer read", async () => {
  const contentOf = (name: string) => readFile(join(layer().opt, "prefreeze", name), "utf8");
  const type = "io.prometheus.client.MetricFamily";
  expect(await contentOf("protobuf.mjs")).toContain(type);
  for (const name of ["handler.mjs", "register.mjs"])
    expect(await contentOf(name)).not.toContain(type);
});
