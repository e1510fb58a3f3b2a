import { cp, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { installLane } from "@prefreeze/install-lane";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { root } from "../../../../test/packaging/packages.js";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { buildNextApp, startNextServer } from "../../../../test/vercel/next-server.js";
import { laneOf, packages } from "./built-app.js";

const gateway = useGateway();
const installed = laneOf("16");
/** As far below the folder with Next.js as the example is below the repository's. */
const examples = join(installed, ".example");
const folder = join(examples, "vercel");

beforeAll(async () => {
  await installLane(installed);
  await rm(examples, { recursive: true, force: true });
  await mkdir(examples);
  const from = join(root, "examples");
  for (const name of await readdir(from)) {
    if (name.endsWith(".ts")) await cp(join(from, name), join(examples, name));
  }
  const isSource = (path: string) => !/[/\\](node_modules|\.next)$/.test(path);
  await cp(join(from, "vercel"), folder, { recursive: true, filter: isSource });
  for (const name of packages) {
    const to = join(examples, "node_modules/@prefreeze", name);
    for (const part of ["package.json", "dist"])
      await cp(join(root, "packages", name, part), join(to, part), { recursive: true });
  }
  // Without its compiler and the types of Node.js, Next.js would install them.
  for (const name of ["typescript", "@types/node"]) {
    const link = join(examples, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, "node_modules", name), link, "dir");
  }
}, 240_000);

test("the example builds as it stands, and counts its orders under next start", async () => {
  const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_JOB: "example-vercel" };
  const printed = await buildNextApp({ folder, installed, env });
  expect(printed).toMatch(/ƒ \/orders/);
  expect(printed).not.toContain("prefreeze");
  const app = await startNextServer({ folder, installed, env });
  onTestFinished(async () => void (await app.stop()));

  const page = await (await app.fetch("/")).text();
  const statuses = await Promise.all(
    ["plan=pro", "plan=free", "plan=pro&card=declined"].map(
      async (query) => (await app.fetch(`/orders?${query}`, { method: "POST" })).status,
    ),
  );
  expect(statuses).toEqual([200, 200, 502]);
  const body = new FormData();
  body.set(/name="(\$ACTION_ID_[^"]+)"/.exec(page)![1]!, "");
  body.set("plan", "pro");
  expect((await app.fetch("/", { method: "POST", body })).status).toBe(303);

  await gateway.eventually("orders_total", { plan: "pro" }).toBe(2);
  expect(await gateway.shown("orders_total", { plan: "free" })).toBe(1);
  expect(await gateway.shown("charge_duration_seconds_count")).toBe(3);
  await gateway.eventually("faas_invocations_total").toBe(4);
  expect(await gateway.shown("faas_errors_total", { error_type: "502" })).toBe(1);
}, 240_000);
