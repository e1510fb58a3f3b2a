import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const EXCLUDED = ["**/node_modules/**", "**/dist/**"];

/** These judge times, or take all processors: each has the machine for itself. */
const ALONE = [
  "test/{bench,lambda-emulator,truth}/**/*.test.ts",
  "test/end-to-end/gateway-faults.test.ts",
  "packages/aws-lambda/test/{after-response,deadline,extension,gateway-faults,instrument,managed-instances,memory,middy-streaming,sudden-ends}.test.ts",
  "packages/core/test/flusher.test.ts",
  "packages/node/test/{kept-connections,transports}.test.ts",
];

const common = {
  // Tests start processes, and some change this one's environment.
  pool: "forks",
  // Real runtimes start in seconds where the machine is busy.
  testTimeout: 30_000,
  hookTimeout: 60_000,
  allowOnly: false,
  expect: { poll: { timeout: 10_000 } },
  // The SDK says at each start that it will leave Node 20; what runs on 20 here is the function.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
} as const;

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    projects: [
      {
        root: fileURLToPath(new URL("..", import.meta.url)),
        test: {
          ...common,
          name: "side by side",
          include: ["{packages,examples,test}/**/*.test.ts"],
          exclude: [...EXCLUDED, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        root: fileURLToPath(new URL("..", import.meta.url)),
        test: {
          ...common,
          name: "alone",
          include: ALONE,
          exclude: EXCLUDED,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
