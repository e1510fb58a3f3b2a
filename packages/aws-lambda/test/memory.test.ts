import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();
const script = fileURLToPath(new URL("fixtures/thousands.mjs", import.meta.url));

/** Starts a process as Managed Instances do, but without AWS's runtime client. */
async function startManaged() {
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-memory-"));
  const child = fork(script, {
    execArgv: ["--expose-gc"],
    env: {
      PUSHGATEWAY_URL: gateway.url,
      AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9",
      AWS_LAMBDA_FUNCTION_NAME: "thousands",
      AWS_LAMBDA_INITIALIZATION_TYPE: "lambda-managed-instances",
      AWS_LAMBDA_MAX_CONCURRENCY: "1000",
      TMPDIR: folder,
    },
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true });
  });
  const ask = async (request: number | "heap") => {
    const [answer] = (await Promise.all([once(child, "message"), child.send(request)]))[0];
    return answer as number;
  };
  return {
    heapBytes: () => ask("heap"),
    async invokeUntil(invocations: number) {
      await ask(invocations);
      // A thread of Managed Instances pushes within 5 s.
      await expect.poll(() => gateway.shown("orders_total"), { timeout: 20_000 }).toBe(invocations);
    },
  };
}

// With a thousand concurrent invocations, labels and error types that never repeat, and real pushes.
test(
  "the heap is as large after 100,000 invocations as after 20,000",
  { timeout: 90_000 },
  async () => {
    const { invokeUntil, heapBytes } = await startManaged();
    // Everything that is made once exists by then: series up to their limit, compiled code, the connection.
    await invokeUntil(20_000);
    const before = await heapBytes();
    await invokeUntil(100_000);
    const grownBytes = (await heapBytes()) - before;
    // One leaked reference per invocation would be 640 kB, without the object that it refers to.
    expect(grownBytes).toBeLessThan(250_000);
  },
);
