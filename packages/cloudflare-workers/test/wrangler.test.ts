import { rm } from "node:fs/promises";
import { join } from "node:path";
import { installLane } from "@prefreeze/install-lane";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { root } from "../../../test/packaging/packages.js";
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
  // The totals of another test.
  await rm(join(project.folder, ".wrangler"), { recursive: true, force: true });
  await project.write({
    "src/index.ts": guide("cloudflare-workers"),
    "wrangler.jsonc": flags === "with" ? config : config.replace(flag, ""),
  });
}

describe.each(["with", "without"] as const)(
  "the quick start %s nodejs_compat",
  { timeout: 240_000 },
  (flags) => {
    beforeEach(() => quickStart(flags));

    test("can be deployed", async () => {
      const printed = await project.wrangler("deploy", "--dry-run", "--outdir=out");
      expect(printed).toContain("--dry-run: exiting now.");
      expect(printed).not.toMatch(/warning|error/i);
    });

    test("counts in wrangler dev, and pushes to the real Pushgateway", async () => {
      await project.write({
        ".dev.vars": guide("dev-vars").replace("http://127.0.0.1:9091", gateway.url),
      });
      const server = await project.dev();
      onTestFinished(() => server.stop());
      const plans = ["pro", "free", "pro", "free", "free"];
      const answers = await Promise.all(
        plans.map(async (plan) => (await fetch(`${server.url}/?plan=${plan}`)).json()),
      );
      expect(answers).toEqual(plans.map(() => ({ ok: true })));
      await gateway.eventually("orders_total", { job: "orders", plan: "free" }).toBe(3);
      await gateway.eventually("orders_total", { job: "orders", plan: "pro" }).toBe(2);
      await gateway.eventually("faas_invocations_total", { faas_trigger: "http" }).toBe(5);
      // By the Durable Object, which needs no binding.
      expect(await gateway.metrics()).toMatch(/^orders_total\{aggregator="[\da-f]{12}",/m);
      expect(server.printed()).not.toContain("prefreeze:");
    });
  },
);

test("the example can be deployed as it stands", { timeout: 240_000 }, async () => {
  const printed = await project.wrangler(
    "deploy",
    "--dry-run",
    `--cwd=${join(root, "examples/cloudflare-workers")}`,
    `--outdir=${join(project.folder, "example")}`,
  );
  expect(printed).toContain("--dry-run: exiting now.");
  expect(printed).toMatch(/env\.WAITING \(Waiting\) +Durable Object/);
  expect(printed).toMatch(/env\.ORDERS \(prefreeze-example-orders\) +Queue/);
  expect(printed).not.toMatch(/warning|error/i);
});

describe("the types hold", { timeout: 240_000 }, () => {
  const strict =
    "--noEmit --strict --exactOptionalPropertyTypes --target es2024 --lib es2024".split(" ");
  const bundler = ["--module", "esnext", "--moduleResolution", "bundler"];
  // Here, too, a Worker is an ES module.
  const node16 = ["--module", "node16"];

  beforeAll(async () => {
    const manifest = JSON.parse(await project.read("package.json")) as object;
    await project.write({ "package.json": JSON.stringify({ ...manifest, type: "module" }) });
  });

  test.each([
    ["bundler", bundler],
    // wrangler's own file has errors with node16, in its imports.
    ["node16", [...node16, "--skipLibCheck"]],
  ])("beside what wrangler types writes, with moduleResolution %s", async (_, options) => {
    await quickStart("with");
    await project.wrangler("types");
    await project.write({ "src/others.ts": others });
    expect(await wrong(["worker-configuration.d.ts", "--types", "", ...options])).toBe("");
  });

  test.each([
    ["bundler", bundler],
    ["node16", node16],
  ])("beside @cloudflare/workers-types, with moduleResolution %s", async (_, options) => {
    await quickStart("with");
    await project.write({
      "src/others.ts": others,
      "env.d.ts": "interface Env { PUSHGATEWAY_URL: string; PREFREEZE_JOB: string }\n",
    });
    const types = ["--types", "@cloudflare/workers-types"];
    expect(await wrong(["env.d.ts", ...types, ...options])).toBe("");
  });

  const wrong = (more: readonly string[]) =>
    project.tsc("src/index.ts", "src/others.ts", ...more, ...strict);
});

/** What else users of Cloudflare's types write. */
const others = `
import { instrument } from "@prefreeze/cloudflare-workers";
import type { PrefreezeAggregator } from "@prefreeze/cloudflare-workers/aggregator";

export const satisfying = instrument({
  async fetch(request, env, ctx) {
    ctx.waitUntil(Promise.resolve(request.cf?.colo));
    return new Response(env.PREFREEZE_JOB);
  },
  async queue(batch, env) {
    for (const message of batch.messages) message.ack();
  },
}) satisfies ExportedHandler<Env, { readonly plan: string }>;

export const assigned: ExportedHandler<Env> = instrument({
  async fetch(request, env) {
    // @ts-expect-error -- there is no such binding
    env.NOTHING;
    return new Response(request.url);
  },
});

/** A binding of the class. */
export async function pushed(aggregators: DurableObjectNamespace<PrefreezeAggregator>): Promise<number> {
  const answer = await aggregators.getByName("prefreeze-0").take("/metrics/job/a/instance/b", "", "DELETE");
  return answer.status;
}
`;
