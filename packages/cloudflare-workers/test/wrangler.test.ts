import { installLane } from "@prefreeze/install-lane";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { guideBlocks } from "./outside/guide-blocks.js";
import { createProject, type Project, vitestLane, wranglerLane } from "./outside/project.js";

const gateway = useGateway();
let project: Project;
let guide: (name: string) => string;

beforeAll(async () => {
  await Promise.all([installLane(wranglerLane), installLane(vitestLane)]);
  project = await createProject();
  await project.link(vitestLane, "@cloudflare/workers-types");
  guide = await guideBlocks();
}, 240_000);
afterAll(() => project?.remove());

/** The project of the guide's quick start. */
async function quickStart(flags: "with" | "without"): Promise<void> {
  const config = guide("wrangler");
  const flag = /^ +"compatibility_flags".*\n/m;
  expect(config).toMatch(flag);
  await project.write({
    "src/index.ts": guide("cloudflare-workers"),
    "wrangler.jsonc": flags === "with" ? config : config.replace(flag, ""),
  });
}

describe.each(["with", "without"] as const)(
  "the quick start %s nodejs_compat",
  { timeout: 120_000 },
  (flags) => {
    beforeEach(() => quickStart(flags));

    test("can be deployed", async () => {
      const printed = await project.wrangler("deploy", "--dry-run", "--outdir=out");
      expect(printed).toContain("--dry-run: exiting now.");
      expect(printed).not.toMatch(/warning|error/i);
    });

    test("counts in wrangler dev, and pushes to the real Pushgateway", async () => {
      const server = await project.dev({ PUSHGATEWAY_URL: gateway.url });
      onTestFinished(() => server.stop());
      const plans = ["pro", "free", "pro", "free", "free"];
      const answers = await Promise.all(
        plans.map(async (plan) => (await fetch(`${server.url}/?plan=${plan}`)).json()),
      );
      expect(answers).toEqual(plans.map(() => ({ ok: true })));
      await gateway.eventually("orders_total", { job: "orders", plan: "free" }).toBe(3);
      await gateway.eventually("orders_total", { job: "orders", plan: "pro" }).toBe(2);
      await gateway.eventually("faas_invocations_total", { faas_trigger: "http" }).toBe(5);
      expect(server.printed()).not.toContain("prefreeze:");
    });
  },
);

describe("the types hold", { timeout: 120_000 }, () => {
  const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2024"];
  const resolutions = [
    ["bundler", ["--module", "esnext", "--moduleResolution", "bundler"]],
    ["node16", ["--module", "node16"]],
  ] as const;

  test.each(resolutions)(
    "beside what wrangler types writes, with moduleResolution %s",
    async (_, module) => {
      await quickStart("with");
      await project.wrangler("types");
      await project.write({ "src/index.ts": `${guide("cloudflare-workers")}${typed}` });
      const lib = ["--lib", "es2024", "--types", ""];
      const files = ["src/index.ts", "worker-configuration.d.ts"];
      expect(await project.tsc(...files, ...strict, ...lib, ...module)).toBe("");
    },
  );

  test.each(resolutions)(
    "beside @cloudflare/workers-types, with moduleResolution %s",
    async (_, module) => {
      const env = "interface Env { PUSHGATEWAY_URL: string; PREFREEZE_JOB: string }\n";
      await project.write({ "src/index.ts": `${guide("cloudflare-workers")}${env}${typed}` });
      const lib = ["--lib", "es2024", "--types", "@cloudflare/workers-types"];
      expect(await project.tsc("src/index.ts", ...strict, ...lib, ...module)).toBe("");
    },
  );
});

/** What a user of Cloudflare's types writes besides. */
const typed = `
export const satisfied = instrument({
  async fetch(request, env, ctx) {
    ctx.waitUntil(Promise.resolve(request.cf?.colo));
    return new Response(env.PREFREEZE_JOB);
  },
}) satisfies ExportedHandler<Env>;
export const assigned: ExportedHandler<Env> = instrument({
  async fetch(request, env) {
    // @ts-expect-error -- there is no such binding
    env.NOTHING;
    return new Response(request.url);
  },
});
`;
