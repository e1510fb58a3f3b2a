import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithThisProcess } from "@prefreeze/lambda-emulator/end-with-this-process";
import { type RealGateway, startRealGateway } from "../pushgateway/real.js";
import { type Compared, readingsOf } from "./readings.js";
import type { Receiver } from "./receiver.js";
import { valuesOf } from "./through/series.js";

/** A real gateway that the instances push to. */
export interface GatewayReceiver extends Receiver {
  /** Undefined while it restarts. */
  url(): string | undefined;
  /** A scrape of it. */
  metrics(): Promise<string>;
}

export interface GatewayReceiverOptions {
  /** The Pushgateway to start. Default: the machine's own. */
  readonly program?: string | undefined;
  /** What is read of a scrape. Default: what a run on Lambda compares. */
  readonly compared?: Compared;
}

const FLAGS = ["--persistence.interval=1h", "--log.level=warn"];
const DOWN_MS = 500;

export async function startGatewayReceiver({
  program,
  compared,
}: GatewayReceiverOptions = {}): Promise<GatewayReceiver> {
  const folder = await mkdtemp(join(tmpdir(), "truth-gateway-"));
  const options = {
    persistenceFile: join(folder, "groups"),
    flags: FLAGS,
    ...(program !== undefined && { program }),
  };
  let gateway: RealGateway = await startRealGateway(options);
  let restarting: Promise<void> | undefined;
  // Stops the gateway also if a signal ends this process during a run.
  const release = endWithThisProcess(() => {
    try {
      process.kill(gateway.processId, "SIGKILL");
    } catch {
      // The gateway is being restarted at this moment.
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function restart(): Promise<void> {
    await gateway.stop();
    gateway = await startRealGateway(options);
    restarting = undefined;
  }

  /** As the gateway behind an aggregator, which keeps nothing. */
  async function killed(): Promise<void> {
    process.kill(gateway.processId, "SIGKILL");
    await gateway.stop();
    await rm(options.persistenceFile, { force: true });
    await sleep(DOWN_MS);
    gateway = await startRealGateway(options);
    restarting = undefined;
  }

  async function metrics(): Promise<string> {
    await restarting;
    return await gateway.metrics();
  }

  return {
    url: () => (restarting ? undefined : gateway.url),
    async apply({ method, path, headers, body }) {
      if (restarting) throw new Error("the gateway restarts");
      const { status } = await fetch(gateway.url + path, {
        method,
        headers,
        ...(method !== "GET" && { body }),
      });
      return status;
    },
    async begin(fault) {
      if (fault === "gateway-restart") restarting = restart();
      if (fault === "gateway-killed") restarting = killed();
    },
    end: async () => undefined,
    async settled() {
      await restarting;
    },
    readings: async () => readingsOf(await metrics(), undefined, compared),
    values: async () => valuesOf(await metrics()),
    metrics,
    async stop() {
      await restarting;
      await gateway.stop();
      release();
      await rm(folder, { recursive: true });
    },
  };
}
