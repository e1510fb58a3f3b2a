import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { installLane } from "@prefreeze/install-lane";
import { runtimeClientFolder } from "@prefreeze/lambda-emulator/runtime-clients";
import { deployBundle } from "./deploy.js";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const lane = fileURLToPath(new URL("./peers", import.meta.url));
const preload = fileURLToPath(new URL("../dist/register.mjs", import.meta.url));

beforeAll(async () => {
  await Promise.all([installLane(lane), runtimeClientFolder("ric-3")]);
}, 180_000);

interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

const bySignal: Ending = { exitCode: null, signal: "SIGTERM" };

describe("at shutdown, the last push arrives, and the process ends as it would without us, beside", () => {
  test.each<{ other: string; exported: string; end: Ending; cleans?: number }>([
    { other: "signal-exit 3", exported: "signalExit3", end: bySignal },
    { other: "signal-exit 4", exported: "signalExit4", end: bySignal },
    { other: "signal-exit 3 and 4", exported: "bothSignalExits", end: bySignal, cleans: 2 },
    { other: "proper-lockfile", exported: "properLockfile", end: bySignal, cleans: 0 },
    { other: "when-exit", exported: "whenExit", end: bySignal },
    { other: "async-exit-hook", exported: "asyncExitHook", end: { exitCode: 143, signal: null } },
    { other: "code that exits at once", exported: "exits", end: { exitCode: 0, signal: null } },
    { other: "code that exits later", exported: "exitsLater", end: { exitCode: 3, signal: null } },
    { other: "another copy of onTerminate", exported: "bothCopies", end: bySignal },
  ])("$other", { timeout: 30_000 }, async ({ exported, end, cleans = 1 }) => {
    // Slower than all of them.
    const slow = await forwardingGateway(gateway.url, () => sleep(100));
    const { invoke, lambda } = await deployBundle(lane, {
      exported,
      handler: `at-shutdown.${exported}`,
      runtimeClient: "ric-3",
      env: {
        PUSHGATEWAY_URL: slow.url,
        NODE_OPTIONS: `--import=${preload}`,
        // Only the first invocation is pushed before the end.
        PREFREEZE_MIN_FLUSH_INTERVAL_MS: "60000",
      },
    });
    for (let count = 0; count < 5; count++) await invoke();
    await lambda.settled();
    const ended = await lambda.shutdownEnvironment(lambda.environments()[0]!.pid);
    expect(ended).toMatchObject(end);
    expect(await gateway.shown("orders_total")).toBe(5);
    expect(await gateway.shown("faas_invocations_total")).toBe(5);
    expect(lambda.logs().match(/\[runtime\] cleaned/g) ?? []).toHaveLength(cleans);
  });
});
