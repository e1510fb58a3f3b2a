import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["{packages,examples,test}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Tests start processes, and some change this one's environment.
    pool: "forks",
    // Real runtimes start in seconds where the machine is busy.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    allowOnly: false,
    // The SDK says at each start that it will leave Node 20; what runs on 20 here is the function.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
