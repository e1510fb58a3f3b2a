import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { startWorker, type WorkerOptions } from "../../../test/workers/worker.js";
import { startReceiver } from "../../core/test/receiver.js";

const entry = fileURLToPath(new URL("fixtures/explained.ts", import.meta.url));

async function run(options: WorkerOptions) {
  const worker = await startWorker({ entry, ...options });
  onTestFinished(() => worker.stop());
  return worker;
}

describe("a binding of the Secrets Store", { timeout: 30_000 }, () => {
  test("is the password, with the spaces around it", async () => {
    const gateway = await startReceiver();
    const worker = await run({
      bindings: { PUSHGATEWAY_URL: gateway.url, PUSHGATEWAY_USERNAME: "user" },
      secrets: { PUSHGATEWAY_PASSWORD: " s3cret word " },
    });
    for (let i = 1; i <= 3; i++) {
      expect(await (await worker.fetch("/")).text()).not.toMatch(/s3cret|object/);
      await expect.poll(() => gateway.received.length).toBe(i);
    }
    expect(new Set(gateway.received.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Basic ${Buffer.from("user: s3cret word ").toString("base64")}`]),
    );
    expect(worker.logs()).toBe("");
  });

  test("is the bearer token", async () => {
    const gateway = await startReceiver();
    const worker = await run({
      bindings: { PUSHGATEWAY_URL: gateway.url },
      secrets: { PUSHGATEWAY_BEARER_TOKEN: "t0ken" },
    });
    await worker.fetch("/");
    await expect.poll(() => gateway.received[0]?.headers.authorization).toBe("Bearer t0ken");
  });

  test("cannot be the address: one warning names the variable, and the Worker answers", async () => {
    const worker = await run({ secrets: { PUSHGATEWAY_URL: "http://user:s3cret@gateway" } });
    for (let i = 0; i < 2; i++) expect((await worker.fetch("/")).status).toBe(200);
    await expect
      .poll(() => worker.logs())
      .toBe("prefreeze: PUSHGATEWAY_URL is not text and is ignored");
  });
});
