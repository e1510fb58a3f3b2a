import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";
import { type BenchFigure, limited, unlimited } from "../figure.js";
import { median } from "../quantile.js";
import { startSink } from "../sink.js";
import { type Load, openLoad } from "./load.js";

const script = fileURLToPath(new URL("server.mjs", import.meta.url));
/** The frameworks, and express-prom-bundle. */
export const SERVER_PEERS = fileURLToPath(
  new URL("../../../packages/node/test/frameworks", import.meta.url),
);

const SERVERS = [
  ["node-http", "bare"],
  ["node-http", "prefreeze"],
  ["express", "bare"],
  ["express", "prefreeze"],
  ["express", "express-prom-bundle"],
] as const;
/** Of the throughput of the bare server. */
const LEAST_SHARE = 0.97;

interface Measured {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/**
 * The throughput of servers with and without metrics, which take turns: in each round, each of them serves for a
 * moment, and is compared with the bare server in that round.
 */
export async function* serverFigures(quick: boolean): AsyncGenerator<readonly BenchFigure[]> {
  await installLane(SERVER_PEERS);
  const sink = await startSink();
  const servers = await Promise.all(
    SERVERS.map(([framework, metrics]) => startServer(framework, metrics, sink.url)),
  );
  try {
    for (const server of servers) await server.measure(quick ? 50 : 3_000);
    const rounds: Measured[][] = [];
    for (let round = 0; round < (quick ? 2 : 31); round++) {
      const measured: Measured[] = [];
      // Each one comes first as often as the others.
      for (let turn = 0; turn < servers.length; turn++) {
        const at = (round + turn) % servers.length;
        measured[at] = await servers[at]!.measure(quick ? 100 : 500);
      }
      rounds.push(measured);
    }
    yield SERVERS.flatMap(([framework, metrics], at) => {
      const bare = SERVERS.findIndex(([other]) => other === framework);
      const name = `server_${framework}_${metrics}`.replaceAll("-", "_");
      const each = rounds.map((round) => round[at]!);
      const figures = [
        unlimited(`${name}_requests`, median(each.map(({ perSecond }) => perSecond)), "/s"),
        unlimited(`${name}_cpu_per_request`, median(each.map(({ cpuUs }) => cpuUs)), "us"),
      ];
      if (metrics === "bare") return figures;
      const share = median(rounds.map((round) => round[at]!.perSecond / round[bare]!.perSecond));
      const figure = `${name}_throughput_ratio`;
      return [
        ...figures,
        metrics === "prefreeze"
          ? limited(figure, share, "x", ">=", LEAST_SHARE)
          : unlimited(figure, share, "x"),
      ];
    });
  } finally {
    for (const server of servers) server.stop();
    sink.stop();
  }
}

async function startServer(framework: string, metrics: string, gateway: string) {
  const child: ChildProcess = spawn(process.execPath, [script, framework, metrics], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      PUSHGATEWAY_URL: gateway,
      PREFREEZE_ACTIVE: "1",
      // Each round has pushes.
      PREFREEZE_INTERVAL_MS: "1000",
    },
  });
  const lines = createInterface({ input: child.stdout! });
  const nextLine = async () => Number((await once(lines, "line"))[0]);
  const load: Load = await openLoad(await nextLine());
  const cpuUs = () => {
    child.stdin!.write("\n");
    return nextLine();
  };
  return {
    async measure(forMs: number): Promise<Measured> {
      const beforeUs = await cpuUs();
      const { answered, tookMs } = await load.run(forMs);
      const usedUs = (await cpuUs()) - beforeUs;
      return { perSecond: (answered / tookMs) * 1_000, cpuUs: usedUs / answered };
    },
    stop() {
      load.close();
      child.kill("SIGKILL");
    },
  };
}
