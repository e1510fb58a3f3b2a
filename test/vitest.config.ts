import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { testFilesByLane } from "./run/lanes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What all tests run with. */
export const testSettings = {
  // Tests start processes, and some change the environment of their own.
  pool: "forks",
  // A real runtime takes seconds to start on a busy machine.
  testTimeout: 30_000,
  hookTimeout: 60_000,
  allowOnly: false,
  setupFiles: fileURLToPath(new URL("run/no-process-left.ts", import.meta.url)),
  expect: { poll: { timeout: 10_000 } },
  // On Node 20 the SDK warns at each start that it will drop Node 20.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
} as const;

/** One of vitest's projects: test files that run `maxWorkers` at a time. */
function project(
  name: string,
  include: readonly string[],
  { maxWorkers, groupOrder }: { readonly maxWorkers: number; readonly groupOrder: number },
): TestProjectInlineConfiguration {
  return {
    root,
    test: {
      name,
      include: [...include],
      maxWorkers,
      sequence: { groupOrder },
      ...testSettings,
    },
  };
}

export default defineConfig({
  root,
  test: {
    // The report at the end names the slow ones.
    slowTestThreshold: 10_000,
    projects: testFilesByLane().flatMap(({ lane, sideBySide, alone }) => [
      ...(sideBySide.length > 0
        ? [project(lane, sideBySide, { maxWorkers: 2, groupOrder: 0 })]
        : []),
      ...(alone.length > 0
        ? [project(`${lane} alone`, alone, { maxWorkers: 1, groupOrder: 1 })]
        : []),
    ]),
  },
});
