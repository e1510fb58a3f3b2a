import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseText, sample } from "../../test/pushgateway/parse.js";
import { serverMetrics } from "./numbers.js";
import type { DemoTarget, Platform } from "./platform.js";
import { createTally } from "./tally.js";

const folder = fileURLToPath(new URL("../node/", import.meta.url));
const job = "example-node";

/** Two servers, which get the requests in turn as behind a balancer, and a batch job of the same program. */
export const node: Platform = {
  title: "Node.js",
  runtime: "two servers with Express behind a balancer, and a job",
  job,
  metrics: serverMetrics,
  async run(target) {
    const first = startServer(target);
    const servers = [first, startServer(target)];
    const logs = () => servers.map(({ printed }) => printed()).join("");
    try {
      const addresses = await Promise.all(servers.map(({ address }) => address));
      const tally = createTally();
      let turn = 0;
      const order = async (plan: "free" | "pro", card = "4111") => {
        const url = `${addresses[turn++ % addresses.length]}/orders/${plan}`;
        const { status, ok } = await fetch(url, { method: "POST", headers: { "x-card": card } });
        if (status !== (card === "declined" ? 502 : 200))
          throw new Error(`The server answered ${status}\n${logs()}`);
        tally.order(plan, ok ? "accepted" : "declined");
      };
      for (let count = 0; count < 4; count += 1) await order("pro");
      await Promise.all([
        ...Array.from({ length: 20 }, (_, index) => order(index % 2 ? "pro" : "free")),
        order("free", "declined"),
        order("pro", "declined"),
      ]);
      await renewSubscriptions(target, 3);
      tally.placedLater("pro", 3);
      // Each pushes once more when it is told to end.
      await Promise.all(servers.map(({ stop }) => stop()));
      const { coldStarts: _, ...seen } = tally.numbers(0);
      const summary = `${seen.succeeded + seen.failed} requests, ${seen.failed} of them failed; the job has succeeded`;
      return { seen, instances: servers.length + 1, summary, logs: logs() };
    } finally {
      for (const { child } of servers) child.kill("SIGKILL");
    }
  },
};

/** Runs the job, and looks at its result at the gateway. */
async function renewSubscriptions(target: DemoTarget, count: number): Promise<void> {
  const renewal = start("renew.ts", target, Array<string>(count).fill("4111"));
  const [exitCode] = (await once(renewal.child, "close")) as [number | null];
  if (exitCode !== 0) throw new Error(`The job ended with ${exitCode}:\n${renewal.printed()}`);
  const families = parseText(await target.metrics());
  const result = { job, batch_job: "renew-subscriptions" };
  if (sample(families, "batch_job_success", result) !== 1)
    throw new Error(`The gateway does not know that the job has succeeded.\n${renewal.printed()}`);
}

function startServer(target: DemoTarget) {
  const { child, printed } = start("server.ts", target);
  return {
    child,
    printed,
    address: addressOf(child, printed),
    async stop() {
      child.kill("SIGTERM");
      await once(child, "close");
    },
  };
}

async function addressOf(child: ChildProcess, printed: () => string): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, port] = /^listening on .*"port":(\d+)/.exec(line) ?? [];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
  }
  throw new Error(`The server did not start:\n${printed()}`);
}

/** Starts a program of the example. If this process ends, it ends too. */
function start(script: string, { url }: DemoTarget, args: readonly string[] = []) {
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: folder,
    env: {
      ...process.env,
      PUSHGATEWAY_URL: url,
      PREFREEZE_JOB: job,
      PREFREEZE_ACTIVE: "1",
      PORT: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killChild = () => void child.kill("SIGKILL");
  process.once("exit", killChild);
  child.once("close", () => process.off("exit", killChild));
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  return { child, printed: () => printed };
}
