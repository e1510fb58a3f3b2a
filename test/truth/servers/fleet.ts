import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Backend, startBalancer } from "./balancer.js";
import { CUT, sendOrder } from "./client.js";
import type { WebNote, WebOrder } from "./order.js";

/** What a client received. */
export interface Response {
  readonly event: WebOrder;
  /** The shape. */
  readonly of: string;
  /** In comparable form. */
  readonly answer: string;
  /** It was cut while the run killed a process of the fleet. */
  readonly killed: boolean;
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
}

/** A process that serves requests. */
export interface ServerProcess extends Backend {
  /**
   * Ends it with SIGTERM, and with SIGKILL when the platform's time is over.
   *
   * @returns whether it ended by itself
   */
  terminate(): Promise<boolean>;
  kill(): Promise<void>;
  logs(): string;
}

/** How a platform starts a process. */
export type StartProcess = (options: ProcessOptions) => Promise<ServerProcess>;

export interface ProcessOptions {
  readonly shape: string;
  /** Eight characters, with which its instances' names start. */
  readonly environment: string;
  /** Without metrics. */
  readonly bare: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** Processes of one shape behind a balancer, and their clients. */
export interface ServerFleet {
  readonly shape: string;
  /** The environments of the processes that run. */
  environments(): readonly string[];
  /**
   * Sends the orders, many at once. Resolves when all are answered.
   *
   * @param halfway called when half of them are
   */
  invoke(orders: readonly WebOrder[], halfway?: () => Promise<void>): Promise<Response[]>;
  /** Ends a process with notice while another one takes its place. @returns whether it ended in time */
  terminate(environment: string): Promise<boolean>;
  /** Kills a process, and starts another one in its place. @returns when, in milliseconds since 1970 */
  kill(environment: string): Promise<number>;
  notes(): Promise<readonly WebNote[]>;
  /** Ends all processes with notice. @returns the environments that did not end in time */
  end(): Promise<readonly string[]>;
  /** Ends what is left, at once. */
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly shape: string;
  readonly processes: number;
  /** A directory for its notes. */
  readonly folder: string;
  readonly start: StartProcess;
  readonly env: Readonly<Record<string, string>>;
  readonly bare?: boolean;
}

const AT_ONCE = 12;

let last = 0;
/** A name that no other process has, in a form that the run finds in an instance's name. */
const nextEnvironment = () => `p${String(++last).padStart(7, "0")}`;

export async function startServerFleet(options: FleetOptions): Promise<ServerFleet> {
  const { shape, processes: count, folder, start, bare = false } = options;
  const file = join(folder, `${shape}${bare ? "-bare" : ""}-notes`);
  const running = new Map<string, ServerProcess>();
  const serving = new Map<string, ServerProcess>();
  let kills = 0;
  /** Processes that are being killed, and that the balancer still sends requests to. */
  let dying = 0;

  async function add(): Promise<void> {
    const environment = nextEnvironment();
    const env = { ...options.env, NOTES: file, PREFREEZE_INSTANCE_PREFIX: environment };
    const process = await start({ shape, environment, bare, env });
    running.set(environment, process);
    serving.set(environment, process);
  }

  async function terminate(environment: string): Promise<boolean> {
    const process = running.get(environment)!;
    serving.delete(environment);
    const inTime = await process.terminate();
    running.delete(environment);
    if (globalThis.process.env["TRUTH_LOGS"] !== undefined) console.error(process.logs());
    return inTime;
  }

  const balancer = await startBalancer(() => [...serving.values()]);
  await Promise.all(Array.from({ length: count }, add));

  return {
    shape,
    environments: () => [...serving.keys()],
    async invoke(orders, halfway) {
      const waiting = orders.values();
      const responses: Response[] = [];
      let half: Promise<void> | undefined;
      const client = async () => {
        for (const event of waiting) {
          const killsBefore = dying > 0 ? -1 : kills;
          const startedMs = performance.now();
          const answer = await sendOrder(balancer.url, event);
          const tookMs = performance.now() - startedMs;
          const killed = answer === CUT && kills > killsBefore;
          responses.push({ event, of: shape, answer, killed, tookMs });
          if (responses.length >= orders.length / 2) half ??= halfway?.();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, client));
      await half;
      return responses;
    },
    async terminate(environment) {
      await add();
      return await terminate(environment);
    },
    async kill(environment) {
      const process = running.get(environment)!;
      kills++;
      dying++;
      const atMs = Date.now();
      await process.kill();
      running.delete(environment);
      // Until now, the balancer did not know.
      serving.delete(environment);
      dying--;
      await add();
      return atMs;
    },
    async notes() {
      const text = await readFile(file, "utf8").catch(() => "");
      // The last line may be written at this moment, or by a process that was killed.
      return text
        .split("\n")
        .filter((line) => line.endsWith("}"))
        .map((line) => JSON.parse(line) as WebNote);
    },
    async end() {
      const late = await Promise.all(
        [...running.keys()].map(async (environment) =>
          (await terminate(environment)) ? [] : [environment],
        ),
      );
      return late.flat();
    },
    async stop() {
      await Promise.all([...running.values()].map((process) => process.kill()));
      await balancer.stop();
    },
  };
}
