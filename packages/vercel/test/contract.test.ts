import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { testAdapter } from "../../../test/contract/test-adapter.js";
import { startVercelFunction } from "../../../test/vercel/function.js";

const entrypoint = fileURLToPath(new URL("fixtures/contract.ts", import.meta.url));

testAdapter({
  platform: "vercel",
  mode: "flush in waitUntil",
  job: "my-shop",
  env: {
    VERCEL_PROJECT_PRODUCTION_URL: "my-shop.vercel.app",
    VERCEL_GIT_COMMIT_SHA: "c0ffee",
  },
  targetInfo: { faas_name: "my-shop", cloud_region: "fra1", service_version: "c0ffee" },
  runsOneCallAtOnce: false,
  refusal: "ECONNREFUSED",
  instance: /^fra1-/,
  async start(wrappedAs, env) {
    const started = await startVercelFunction({
      entrypoint,
      isolateErrors: true,
      env: { ...env, WRAPPED_AS: wrappedAs },
    });
    onTestFinished(async () => void (await started.stop({ limitMs: 0 })));
    return {
      async call(order) {
        const response = await started.fetch("/", { method: "POST", body: JSON.stringify(order) });
        const body = await response.text();
        if (body === "FUNCTION_INVOCATION_FAILED") return "failed";
        return { status: response.status, body: JSON.parse(body) as unknown };
      },
      instances: () => 1,
      logs: () => started.logs(),
    };
  },
});
