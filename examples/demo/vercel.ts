import { fileURLToPath } from "node:url";
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
    const tally = createTally();
    const order = async (instance: typeof orders, plan: "free" | "pro", card?: "declined") => {
      const query = new URLSearchParams({ plan, ...(card && { card }) });
      const response = await instance.fetch(`/?${query}`);
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
    } finally {
      await Promise.all(started.map((instance) => instance.stop()));
    }
    const seen = tally.numbers(started.length);
    const summary = `${started.length} instances, ${seen.charges} requests, ${seen.failed} of them failed`;
    return { seen, summary, logs: started.map((instance) => instance.logs()).join("") };
  },
};
