import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Code, runtimes, useLayer } from "../../../aws-lambda/test/layer.js";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { prefreeze, temporaryFolder } from "../command.js";
import { runAsConfigured } from "./run-as-configured.js";
import { LAYER, OTHER, startApi } from "./set-up.js";

// The control API is a fake; the layer, AWS's runtime client, the freeze and the Pushgateway are real.
const gateway = useGateway();
const layer = useLayer();

/** A function that knows nothing of prefreeze, and tells what it finds in its environment. */
const code: Code = {
  "index.js": `exports.handler = async (event) => ({
    event,
    byOtherWrapper: process.env.SET_BY_OTHER_WRAPPER,
    table: process.env.TABLE,
    handler: process.env._HANDLER,
  });`,
};

/** A layer of somebody else, with a wrapper. */
async function otherLayer(): Promise<string> {
  const folder = await temporaryFolder();
  const wrapper = join(folder, "other-handler");
  await writeFile(wrapper, '#!/bin/sh\nexport SET_BY_OTHER_WRAPPER=yes\nexec "$@"\n');
  await chmod(wrapper, 0o755);
  return folder;
}

test.each(runtimes)(
  "on $runtime, a function that was instrumented pushes, with its other wrapper; after uninstrument it runs bare",
  { timeout: 60_000 },
  async ({ runtime, ...on }) => {
    const api = await startApi();
    const unpacked = { [LAYER]: layer().opt, [OTHER]: await otherLayer() };
    const before = {
      layers: [OTHER],
      variables: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/other-handler", TABLE: "orders" },
    };
    api.add("shop", { ...before, runtime });
    const answer = (event: number) => ({
      event,
      byOtherWrapper: "yes",
      table: "orders",
      handler: "index.handler",
    });
    const run = async (events: readonly number[]): Promise<void> => {
      const { invoke, lambda } = await runAsConfigured(
        code,
        api.functions.settings("shop"),
        unpacked,
        on,
      );
      for (const event of events) expect((await invoke(event)).result).toEqual(answer(event));
      await lambda.settled();
    };
    const command = async (words: readonly string[]) => {
      const ended = await prefreeze(["lambda", ...words], {
        ...api.environment,
        AWS_REGION: "eu-central-1",
      });
      expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    };

    await run([1]);
    expect(await gateway.instances()).toEqual([]);

    await command(["instrument", "shop", "--layer", LAYER, "--pushgateway", gateway.url]);
    await run([2, 3, 4]);
    expect(await gateway.shown("faas_invocations_total", { job: "shop" })).toBe(3);
    expect(await gateway.shown("faas_coldstarts_total", { job: "shop" })).toBe(1);

    await command(["uninstrument", "shop"]);
    expect(api.functions.settings("shop")).toEqual(before);
    await run([5]);
    expect(await gateway.shown("faas_invocations_total", { job: "shop" })).toBe(3);
    expect(await gateway.instances()).toHaveLength(1);
  },
);
