import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { endWithThisProcess } from "@prefreeze/lambda-emulator/end-with-this-process";

/** A real aggregator: `prefreeze aggregate` in a process of its own. */
export interface AggregatorProcess {
  /** Undefined while it is down. */
  readonly url: string | undefined;
  /** Ends it with SIGKILL, whatever it does. Resolves when it has ended. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Deletes its state. It must not run. */
  loseState(): Promise<void>;
  stop(): Promise<void>;
}

export interface AggregatorProcessOptions {
  /** Its state directory. */
  readonly state: string;
  readonly pushgateway: string;
  /** The least time between two pushes of a group, such as `200ms`. Default: its own. */
  readonly pushInterval?: string;
  /** The value of its label `aggregator`. */
  readonly name?: string | undefined;
}

const program = fileURLToPath(new URL("../../../packages/cli/bin/prefreeze.js", import.meta.url));
const START_TIMEOUT_MS = 15_000;

/** Starts an aggregator before a gateway that is scraped every second. */
export async function startAggregatorProcess({
  state,
  pushgateway,
  pushInterval,
  name,
}: AggregatorProcessOptions): Promise<AggregatorProcess> {
  const args = ["aggregate", "--listen", "127.0.0.1:0", "--state", state];
  args.push("--pushgateway", pushgateway, "--scrape-interval", "1s");
  if (pushInterval !== undefined) args.push("--push-interval", pushInterval);
  if (name !== undefined) args.push("--name", name);
  let running: { readonly url: string; end(signal: NodeJS.Signals): Promise<void> } | undefined;

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = running;
    running = undefined;
    await ending?.end(signal);
  }

  async function start(): Promise<void> {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const release = endWithThisProcess(() => void child.kill("SIGKILL"));
    let printed = "";
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve())).finally(
      release,
    );
    const url = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) => {
        child.kill("SIGKILL");
        reject(new Error(`the aggregator ${why}: ${printed}`));
      };
      const timer = setTimeout(() => fail("did not start in time"), START_TIMEOUT_MS);
      void closed.then(() => fail("ended"));
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => {
          printed = (printed + text).slice(-20_000);
          const address = /listening on (http:\/\/[^\s,]+)/.exec(printed)?.[1];
          if (address === undefined) return;
          clearTimeout(timer);
          resolve(address);
        });
    });
    running = {
      url,
      async end(signal) {
        child.kill(signal);
        await closed;
      },
    };
  }

  await start();
  return {
    get url() {
      return running?.url;
    },
    start,
    kill: () => end("SIGKILL"),
    loseState: () => rm(state, { recursive: true, force: true }),
    stop: () => end("SIGTERM"),
  };
}
