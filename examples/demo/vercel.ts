import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNextApp, type NextServer, startNextServer } from "../../test/vercel/next-server.js";
import { startVercelFunction } from "../../test/vercel/function.js";
import type { Platform } from "./platform.js";
import { createTally } from "./tally.js";

const root = fileURLToPath(new URL("../vercel/", import.meta.url));
const job = "example-vercel";

/** Vercel's Node server runs requests concurrently in one process, and finishes its pushes before it shuts down. */
export const vercel: Platform = {
  title: "Vercel",
  runtime: "the server process of Vercel's Node builder",
  job,
  async run(target) {
    const env = {
      PUSHGATEWAY_URL: target.url,
      VERCEL_PROJECT_PRODUCTION_URL: `${job}.vercel.app`,
    };
    const start = (route: string) =>
      startVercelFunction({ entrypoint: `${root}api/${route}.ts`, root, env });
    const started = await Promise.all([start("orders"), start("checkout")]);
    const [orders, checkout] = started;
    const next = await startNext(target.url);
    const tally = createTally();
    const order = async (
      instance: Pick<typeof orders, "fetch" | "logs">,
      plan: "free" | "pro",
      card?: "declined",
      [path, init]: readonly [path: string, init?: RequestInit] = ["/"],
    ) => {
      const query = new URLSearchParams({ plan, ...(card && { card }) });
      const response = await instance.fetch(`${path}?${query}`, init);
      const text = await response.text();
      if (response.status !== (card === undefined ? 200 : 502)) {
        throw new Error(`The function answered ${response.status}: ${text}\n${instance.logs()}`);
      }
      tally.order(plan, response.ok ? "accepted" : "declined");
    };
    try {
      for (let count = 0; count < 3; count += 1) await order(orders, "pro");
      await order(orders, "pro", "declined");
      // Fluid compute: one process, many concurrent requests.
      await Promise.all([
        ...Array.from({ length: 10 }, (_, index) => order(orders, index % 2 ? "pro" : "free")),
        ...Array.from({ length: 5 }, () => order(checkout, "pro")),
        order(checkout, "pro", "declined"),
      ]);
      if (next) {
        await order(next, "pro", undefined, routeHandler);
        await order(next, "free", "declined", routeHandler);
        const page = await next.fetch("/");
        await page.text();
        tally.otherCalls(1);
      }
    } finally {
      await Promise.all([...started, ...(next ? [next] : [])].map((instance) => instance.stop()));
    }
    const instances = started.length + (next ? 1 : 0);
    const seen = tally.numbers(instances);
    const summary = `${instances} instances${next ? ", one of them a Next.js server" : ""}, ${seen.charges} orders, ${seen.failed} of them failed`;
    const logs = [...started, ...(next ? [next] : [])].map((instance) => instance.logs());
    return { seen, summary, logs: logs.join("") };
  },
};

const routeHandler = ["/orders", { method: "POST" }] as const;

/** Builds and starts the app of the example. @returns undefined if Next.js is not installed in its folder */
async function startNext(gatewayUrl: string): Promise<NextServer | undefined> {
  if (!existsSync(join(root, "node_modules/next"))) return undefined;
  const env = { PUSHGATEWAY_URL: gatewayUrl, PREFREEZE_JOB: job };
  const app = { folder: root, installed: root, env };
  await buildNextApp(app);
  return await startNextServer(app);
}
