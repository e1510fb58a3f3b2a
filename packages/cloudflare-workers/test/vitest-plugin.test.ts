import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { installLane } from "@prefreeze/install-lane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guideBlocks } from "./outside/guide-blocks.js";
import { createProject, type Project, vitestLane, wranglerLane } from "./outside/project.js";

let project: Project;

beforeAll(async () => {
  await Promise.all([installLane(wranglerLane), installLane(vitestLane)]);
  project = await createProject();
  for (const name of ["@cloudflare/vitest-plugin", "@cloudflare/workers-types", "vitest"])
    await project.link(vitestLane, name);
}, 240_000);
afterAll(() => project?.remove());

/** Runs the tests of a user's project. @returns the names of those that passed */
async function passed(files: Readonly<Record<string, string>>): Promise<string[]> {
  const guide = await guideBlocks();
  await project.write({
    "src/index.ts": guide("cloudflare-workers"),
    "wrangler.jsonc": guide("wrangler"),
    ...files,
  });
  const program = join(vitestLane, "node_modules/vitest/vitest.mjs");
  const tests = Object.keys(files).filter((path) => path.endsWith(".test.ts"));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, "run", "--reporter=json", "--outputFile=results.json", ...tests],
    { cwd: project.folder, env: { ...ownEnv(), ...project.env } },
  ).catch(async (failed: { readonly stdout: string; readonly stderr: string }) => {
    const results = await project.read("results.json").catch(() => "");
    throw new Error(failed.stdout + failed.stderr + results);
  });
  expect(stdout).not.toContain("prefreeze:");
  const results = JSON.parse(await project.read("results.json")) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
    }[];
  };
  return results.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "passed").map(({ title }) => title),
  );
}

/** Without what this run of vitest tells its workers. */
function ownEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^VITEST|^TEST$|^NODE_ENV$/.test(name)),
  );
}

test("what the guide says about tests compiles", { timeout: 60_000 }, async () => {
  const guide = await guideBlocks();
  await project.write({
    "src/index.ts": guide("cloudflare-workers"),
    "vitest.config.mts": guide("vitest-config"),
    "vitest.gateway.config.mts": guide("vitest-gateway-config"),
    "test/index.test.ts": guide("vitest-test"),
    "test/gateway.mts": guide("vitest-gateway"),
    "test/arrives.test.ts": guide("vitest-gateway-test"),
    "env.d.ts": `declare namespace Cloudflare {
      interface GlobalProps { mainModule: typeof import("./src/index") }
      interface Env { PUSHGATEWAY_URL: string; PREFREEZE_JOB: string }
    }
    interface Env extends Cloudflare.Env {}`,
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        noEmit: true,
        strict: true,
        skipLibCheck: true,
        module: "esnext",
        moduleResolution: "bundler",
        target: "es2024",
        lib: ["es2024"],
        types: ["@cloudflare/workers-types", "@cloudflare/vitest-plugin/types"],
      },
      include: ["src", "test", "*.mts", "*.d.ts"],
    }),
  });
  expect(await project.tsc("-p", ".")).toBe("");
});

describe("with Cloudflare's plugin of vitest", { timeout: 240_000 }, () => {
  test("the guide's test reads what a wrapped handler recorded", async () => {
    const guide = await guideBlocks();
    const names = await passed({
      "vitest.config.mts": guide("vitest-config"),
      "test/index.test.ts": guide("vitest-test"),
    });
    expect(names).toEqual(["an order counts by its plan"]);
  });

  test("the guide's test sees what arrives at a gateway in memory", async () => {
    const guide = await guideBlocks();
    const names = await passed({
      "vitest.config.mts": guide("vitest-gateway-config"),
      "test/gateway.mts": guide("vitest-gateway"),
      "test/arrives.test.ts": guide("vitest-gateway-test"),
    });
    expect(names).toEqual(["an order arrives at the gateway"]);
  });
});
