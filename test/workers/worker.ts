import { basename } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { bundleWorker } from "./bundle-worker.js";
import { readWranglerConfig } from "./wrangler-config.js";

export interface WorkerOptions {
  /** The Worker's entry, a `.js` or `.ts` file. Default: `main` of the `wranglerConfig`. */
  readonly entry?: string;
  /** Node compatibility to ask for, beside the flags of the `wranglerConfig`. Default: none. */
  readonly nodejsCompat?: boolean | "nodejs_als";
  /** Further compatibility flags. */
  readonly compatibilityFlags?: readonly string[];
  /** `YYYY-MM-DD`. Default: that of the `wranglerConfig`, else 2026-04-01. */
  readonly compatibilityDate?: string;
  /** Text bindings; they win over the `vars` of the `wranglerConfig`. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** A `wrangler.jsonc` to take name, main, compatibility date and flags, and vars from. */
  readonly wranglerConfig?: string;
}

export interface Worker {
  /** Where workerd listens on the loopback interface, with a slash at the end. */
  readonly url: string;
  /** Sends a real HTTP request to workerd. A redirect is returned, not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Fires the `scheduled` handler and waits for its end, `waitUntil` included. */
  scheduled(cron?: string): Promise<string>;
  /**
   * What the Worker has written to its console so far, and the exceptions it did not catch. Lines
   * come shortly after what they tell of: wait for one, rather than expect it at once.
   */
  logs(): string;
  stop(): Promise<void>;
}

/**
 * Runs a Worker in workerd, bundled as wrangler would bundle it.
 *
 * wrangler's polyfills for `nodejs_compat` are not added: only what workerd itself provides of
 * Node is there.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const config = options.wranglerConfig
    ? await readWranglerConfig(options.wranglerConfig)
    : undefined;
  const entry = options.entry ?? config?.main;
  if (!entry) throw new Error("Give startWorker an entry, or a wranglerConfig that has a main.");

  const lines: string[] = [];
  const miniflare = new Miniflare({
    name: config?.name ?? "worker",
    host: "127.0.0.1",
    port: 0,
    // Miniflare would fetch this object from the network.
    cf: false,
    telemetry: { enabled: false },
    // It would be done by a Worker in between, whose errors look as if they were this one's.
    stripCfConnectingIp: false,
    log: new LinesLog(lines),
    // Without this, workerd says nothing of an exception that a Worker does not catch.
    verbose: true,
    handleStructuredLogs: ({ message }: { message: string }) => {
      if (!isNative(message)) lines.push(message);
    },
    modules: [
      { type: "ESModule", path: `${basename(entry)}.mjs`, contents: await bundleWorker(entry) },
    ],
    compatibilityDate: options.compatibilityDate ?? config?.compatibilityDate ?? "2026-04-01",
    compatibilityFlags: compatibilityFlags(options, config?.compatibilityFlags ?? []),
    bindings: { ...config?.vars, ...options.bindings },
  });

  let url: string;
  try {
    url = (await miniflare.ready).href;
  } catch (error) {
    // It fails again with the very same error.
    await miniflare.dispose().catch(() => undefined);
    throw new Error(`The Worker ${entry} did not start.\n${lines.join("\n")}`, { cause: error });
  }
  return {
    url,
    fetch: (path, init) => fetch(new URL(path, url), { redirect: "manual", ...init }),
    scheduled: async (cron) => {
      const worker = (await miniflare.getWorker()) as unknown as ScheduledDriver;
      return (await worker.scheduled(cron === undefined ? {} : { cron })).outcome;
    },
    logs: () => lines.join("\n"),
    stop: () => miniflare.dispose(),
  };
}

// Miniflare types this by a package of Cloudflare's types that it does not bring along.
interface ScheduledDriver {
  scheduled(event: { cron?: string }): Promise<{ outcome: string }>;
}

function compatibilityFlags(options: WorkerOptions, configured: readonly string[]): string[] {
  const flags = new Set([...configured, ...(options.compatibilityFlags ?? [])]);
  if (options.nodejsCompat === true) flags.add("nodejs_compat");
  if (options.nodejsCompat === "nodejs_als") flags.add("nodejs_als");
  return [...flags];
}

// workerd repeats an exception as its own source sees it, with addresses in its binary.
function isNative(message: string): boolean {
  return /^(uncaught exception; )?exception = \S+\.(c\+\+|h):\d+: /.test(message);
}

// Miniflare takes its log as an instance of its own class.
class LinesLog extends Log {
  readonly #lines: string[];

  constructor(lines: string[]) {
    super(LogLevel.WARN);
    this.#lines = lines;
  }

  protected override log(message: string): void {
    this.#lines.push(message);
  }
}
