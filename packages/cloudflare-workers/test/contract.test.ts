import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { testAdapter } from "../../../test/contract/test-adapter.js";
import { startWorker } from "../../../test/workers/worker.js";

const entry = fileURLToPath(new URL("fixtures/contract.ts", import.meta.url));

testAdapter({
  platform: "cloudflare_workers",
  mode: "flush in waitUntil",
  job: "cloudflare-worker",
  targetInfo: {},
  runsOneCallAtOnce: false,
  refusal: "Network connection lost",
  flushTimeoutMs: 5_000,
  instance: /^worker-/,
  async start(wrappedAs, env) {
    const worker = await startWorker({
      entry,
      nodejsCompat: true,
      bindings: { ...env, WRAPPED_AS: wrappedAs },
    });
    onTestFinished(() => worker.stop());
    return {
      async call(order) {
        const response = await worker.fetch("/", { method: "POST", body: JSON.stringify(order) });
        const body = await response.text();
        // workerd answers with the error itself if a Worker has failed.
        if (response.headers.get("content-type") !== "application/json") return "failed";
        return { status: response.status, body: JSON.parse(body) as unknown };
      },
      instances: () => 1,
      logs: () => worker.logs(),
    };
  },
});
