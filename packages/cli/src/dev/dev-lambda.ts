import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { startGateway } from "@prefreeze/gateway";
import { expectRange } from "../arguments/expect-range.js";
import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { bundle } from "./bundle.js";
import { type EmulatedFunction, loadEmulator } from "./emulator.js";
import { findHandler } from "./find-handler.js";
import { findPeers } from "./find-peer.js";
import { addUp, type HeldSeries, readJob } from "./held-series.js";
import { type DevInvocation, invoke } from "./invoke.js";

/** Which handler to run, and how. */
export interface DevLambdaOptions {
  /** `FILE.HANDLER`, as in `src/orders.handler`: TypeScript or JavaScript. */
  readonly handler: string;
  /** Default: one event, `{}`. */
  readonly events?: readonly unknown[];
  /** Number of times that all events are sent: from 1 to 10,000. Default: 1. */
  readonly repeat?: number;
  /** How many invocations may run at once, each in an environment of its own: from 1 to 50. Default: 1. */
  readonly concurrency?: number;
  /** Limit of each invocation: from 10 to 900,000 milliseconds. Default: 3,000, as on AWS. */
  readonly timeoutMs?: number;
  /**
   * The function's variables, but for those that begin with `PUSHGATEWAY_`. It sees none of this process's. Default: none
   * but `PUSHGATEWAY_URL`.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the function pushes to. Default: a gateway in memory that ends with the run. */
  readonly pushgateway?: Pushgateway;
  /** Is given what the function writes to stdout and stderr. */
  readonly onOutput?: (text: string) => void;
  /** Is told each invocation when it has ended. */
  readonly onInvocation?: (invocation: DevInvocation) => void;
}

/** What a run of a handler has brought. */
export interface DevLambdaResult {
  /** No invocation failed. */
  readonly ok: boolean;
  /** In the order of their starts. */
  readonly invocations: readonly DevInvocation[];
  /** What the gateway holds of the function when all its environments have ended. */
  readonly series: readonly HeldSeries[];
}

/**
 * Runs a handler under AWS's own runtime client, in environments that are frozen and ended as on AWS, and reads what it
 * has pushed. Needs the packages `aws-lambda-ric` and `esbuild`.
 *
 * @returns the invocations, failed ones included
 * @throws WrongInput if there is no such file or export, a package is missing, or a number is out of its range
 * @throws Error if the handler cannot be bundled, or the gateway does not answer
 */
export async function devLambda(options: DevLambdaOptions): Promise<DevLambdaResult> {
  expectRange("repeat", options.repeat ?? 1, 1, 10_000);
  expectRange("concurrency", options.concurrency ?? 1, 1, 50);
  expectRange("timeoutMs", options.timeoutMs ?? 3_000, 10, 900_000);
  const handler = findHandler(options.handler);
  const peers = findPeers(dirname(handler.file));
  const emulator = await loadEmulator();
  const folder = await mkdtemp(join(tmpdir(), "prefreeze-dev-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const release = emulator.endWithThisProcess(remove);
  try {
    await bundle(handler, folder, peers.esbuild);
    const gateway = options.pushgateway === undefined ? await startGateway() : undefined;
    try {
      const functionName = nameOf(handler.file);
      const { env = {} } = options;
      const lambda = await emulator.serveFunction(
        {
          taskRoot: folder,
          handler: `index.${handler.name}`,
          functionName,
          env: {
            NODE_OPTIONS: "--enable-source-maps",
            ...withoutGateway(env),
            ...(gateway ? { PUSHGATEWAY_URL: gateway.url } : variablesOf(options.pushgateway)),
          },
          maxEnvironments: options.concurrency ?? 1,
          timeoutMs: options.timeoutMs ?? 3_000,
          onOutput: options.onOutput ?? (() => undefined),
        },
        runtimeArguments(peers["aws-lambda-ric"], emulator.standIn),
      );
      const invocations = await run(lambda, functionName, options);
      const samples = gateway
        ? (await gateway.groups()).flatMap(({ families }) =>
            families.flatMap(({ samples }) => samples),
          )
        : await readJob(options.pushgateway!, env["PREFREEZE_JOB"] ?? functionName);
      return {
        ok: invocations.every(({ ok }) => ok),
        invocations,
        series: addUp(samples),
      };
    } finally {
      await gateway?.stop();
    }
  } finally {
    remove();
    release();
  }
}

/** Runs all invocations, some at once, and ends the environments as AWS does. */
async function run(
  lambda: EmulatedFunction,
  functionName: string,
  options: DevLambdaOptions,
): Promise<DevInvocation[]> {
  const { events = [{}], repeat = 1, concurrency = 1, onInvocation } = options;
  const total = events.length * repeat;
  const invocations: DevInvocation[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < total) {
      const index = next++;
      const event = events[index % events.length];
      const invocation = await invoke(lambda.endpoint, functionName, event, index + 1);
      invocations[index] = invocation;
      onInvocation?.(invocation);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, total) }, work));
    await lambda.settled();
    // So that what a function keeps for later is pushed now.
    await Promise.all(lambda.environments().map(({ pid }) => lambda.shutdownEnvironment(pid)));
    return invocations;
  } finally {
    await lambda.stop();
  }
}

/** With the native addon, if it was compiled when the client was installed. */
function runtimeArguments(client: string, standIn: string): string[] {
  const isCompiled = existsSync(join(dirname(client), "rapid-client.node"));
  return isCompiled ? [client] : ["--require", standIn, client];
}

/** A file of variables may name the gateway that the deployed function pushes to. */
function withoutGateway(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("PUSHGATEWAY_")),
  );
}

/** The name of the file, without what Lambda does not allow in the name of a function. */
function nameOf(file: string): string {
  const [name = ""] = basename(file).split(".");
  return name.replaceAll(/[^\w-]/g, "-").slice(0, 64) || "function";
}

/** A function has the credentials in its own environment. */
function variablesOf(pushgateway: Pushgateway | undefined): Record<string, string> {
  const { url = "", headers = {} } = pushgateway ?? {};
  const [scheme = "", secret = ""] = (headers["authorization"] ?? "").split(" ");
  if (scheme === "Bearer") return { PUSHGATEWAY_URL: url, PUSHGATEWAY_BEARER_TOKEN: secret };
  if (scheme !== "Basic") return { PUSHGATEWAY_URL: url };
  const both = Buffer.from(secret, "base64").toString();
  const colon = both.indexOf(":");
  return {
    PUSHGATEWAY_URL: url,
    PUSHGATEWAY_USERNAME: both.slice(0, colon),
    PUSHGATEWAY_PASSWORD: both.slice(colon + 1),
  };
}
