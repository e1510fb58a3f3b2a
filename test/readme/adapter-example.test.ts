import { startGateway } from "@prefreeze/gateway";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readBlocks } from "./blocks.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the adapter in the guide of @prefreeze/node pushes what its handler did, and continues after a kill", async () => {
  const cache = join(root, ".cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "adapter-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const blocks = await readBlocks(join(root, "packages/node/README.md"));
  const adapter = blocks.find(({ name }) => name === "adapter")!.text;
  expect(adapter).toContain("/var/lib/orders");
  await writeFile(join(folder, "adapter.ts"), adapter.replace("/var/lib/orders", folder));
  await writeFile(
    join(folder, "worker.ts"),
    `import { instrument } from "./adapter.js";
const handler = instrument(async ({ body }) => { if (body === "hang") await new Promise(() => undefined); });
await handler({ id: "1", body: "order" });
void handler({ id: "2", body: process.argv[2]! });
setInterval(() => undefined, 1_000);`,
  );
  await using gateway = await startGateway();
  const start = (body: string) => {
    const worker = spawn(process.execPath, ["--import", "tsx", join(folder, "worker.ts"), body], {
      cwd: root,
      env: { ...process.env, PUSHGATEWAY_URL: gateway.url },
      stdio: "inherit",
    });
    onTestFinished(() => void worker.kill("SIGKILL"));
    return worker;
  };
  const shows = async (succeeded: number, failed: number) =>
    expect
      .poll(async () => [
        await gateway.value("faas_invocations_total"),
        await gateway.value("faas_errors_total"),
      ])
      .toEqual([succeeded, failed]);

  const first = start("hang");
  await shows(1, 0);
  first.kill("SIGKILL");
  await once(first, "close");

  const second = start("order");
  await shows(3, 1);
  second.kill("SIGTERM");
  expect(await once(second, "close")).toEqual([null, "SIGTERM"]);
  // One life, continued.
  expect(await gateway.groups()).toHaveLength(1);
  expect(await gateway.value("faas_errors_total", { error_type: "killed" })).toBe(1);
});
