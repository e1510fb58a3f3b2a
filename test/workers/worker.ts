import { basename } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { bundleWorker } from "./bundle-worker.js";
import { readWranglerConfig } from "./wrangler-config.js";

export interface WorkerOptions {
  /** The Worker's entry, a `.js` or `.ts` file. Default: `main` of the `wranglerConfig`. */
  readonly entry?: string;
  /** Node compatibility, in addition to the flags of the `wranglerConfig`. Default: none. */
  readonly nodejsCompat?: boolean | "nodejs_als";
  /** Further compatibility flags. */
  readonly compatibilityFlags?: readonly string[];
  /** `YYYY-MM-DD`. Default: the date of the `wranglerConfig`, else 2026-04-01. */
  readonly compatibilityDate?: string;
  /** The binding of a queue whose messages come to this Worker one by one. */
  readonly queue?: string;
  /** Classes of Durable Objects with SQLite that the entry exports, by the binding of each. */
  readonly objects?: Readonly<Record<string, string>>;
  /** Such classes that the entry of one of `services` exports, by the binding of each. */
  readonly remoteObjects?: Readonly<
    Record<string, { readonly service: string; readonly className: string }>
  >;
  /** Such classes that have a migration and no binding: `ctx.exports` has them. */
  readonly unboundObjects?: readonly string[];
  /** Bindings of key-value stores. */
  readonly kvNamespaces?: readonly string[];
  /** The folder in which objects keep their storage when the Worker stops. Default: their storage ends with it. */
  readonly storage?: string;
  /** The entries of further Workers with the same settings, by the service binding that reaches each. */
  readonly services?: Readonly<Record<string, string>>;
  /** The entry of a tail Worker with the same settings, which is told of every invocation of this Worker. */
  readonly tail?: string;
  /** The Worker's entrypoint classes, by the service binding that reaches each; `default` is its default export. */
  readonly entrypoints?: Readonly<Record<string, string>>;
  /** What these entrypoints have as `ctx.props`. */
  readonly props?: Readonly<Record<string, unknown>>;
  /** A folder of static assets, which are served before the Worker is asked. Their binding is `ASSETS`. */
  readonly assets?: string;
  /** The Worker's Workflow classes, by the binding that reaches each. */
  readonly workflows?: Readonly<Record<string, string>>;
  /** Text bindings. They override the `vars` of the `wranglerConfig`. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** Bindings of the Secrets Store, with the texts that they read. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** How many isolates run the Worker. All have the objects of the first. Default: 1. */
  readonly isolates?: number;
  /** A `wrangler.jsonc` with name, main, compatibility date and flags, vars, Durable Objects and queues. */
  readonly wranglerConfig?: string;
}

export interface Worker {
  /** The address of workerd on the loopback interface, with a slash at the end. */
  readonly url: string;
  /** Sends a real HTTP request to workerd. A redirect is returned, not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The same, to one of the isolates; 0 is the first. */
  fetchFrom(isolate: number, path: string, init?: RequestInit): Promise<Response>;
  /** Calls the `scheduled` handler and waits until it and its `waitUntil` have ended. */
  scheduled(cron?: string): Promise<string>;
  /**
   * Calls the `queue` handler with a batch of the queue `messages`. Message `i` has the id `message-i`.
   *
   * @param backlog what `batch.metadata.metrics` says; by default the runtime's default, an empty backlog
   * @returns what the queue is told of the batch
   */
  queue(bodies: readonly unknown[], backlog?: QueueBacklog): Promise<QueueResult>;
  /** Calls the `email` handler with a small email from `from`, whose subject is given. */
  email(from: string, subject?: string): Promise<Response>;
  /**
   * Everything that the Worker has written to its console so far, and the exceptions that it did
   * not catch. A line arrives shortly after its event: poll for it.
   */
  logs(): string;
  stop(): Promise<void>;
}

export interface QueueBacklog {
  readonly backlogCount: number;
  readonly backlogBytes: number;
  readonly oldestMessageTimestamp?: Date;
}

/** What a queue is told of a batch; the handler's calls that had no effect are left out. */
export interface QueueResult {
  readonly outcome: string;
  readonly ackAll: boolean;
  readonly retryBatch: { readonly retry: boolean };
  readonly explicitAcks: readonly string[];
  readonly retryMessages: readonly { readonly msgId: string }[];
}

/**
 * Runs a Worker in workerd, bundled as wrangler would bundle it.
 *
 * wrangler's polyfills for `nodejs_compat` are not added: the Worker has only the parts of Node
 * that workerd provides.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const config = options.wranglerConfig
    ? await readWranglerConfig(options.wranglerConfig)
    : undefined;
  const entry = options.entry ?? config?.main;
  if (!entry) throw new Error("Give startWorker an entry, or a wranglerConfig that has a main.");

  const { queue, tail, props, assets, services = {}, secrets = {}, storage } = options;
  const { remoteObjects = {}, entrypoints = {}, workflows = {}, kvNamespaces = [] } = options;
  const objects = { ...config?.objects, ...options.objects };
  const unboundObjects = options.unboundObjects ?? config?.unboundObjects ?? [];
  const name = config?.name ?? "worker";
  const modules = await modulesOf(entry);
  const isolates = Array.from({ length: options.isolates ?? 1 }, (_, i) =>
    i === 0 ? name : `${name}-${i + 1}`,
  );
  const lines: string[] = [];
  const common = {
    compatibilityDate: options.compatibilityDate ?? config?.compatibilityDate ?? "2026-04-01",
    compatibilityFlags: compatibilityFlags(options, config?.compatibilityFlags ?? []),
    bindings: { ...config?.vars, ...options.bindings },
    secretsStoreSecrets: Object.fromEntries(
      Object.keys(secrets).map((name) => [name, { store_id: "store", secret_name: name }]),
    ),
  };
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    // Miniflare would fetch this object from the network.
    cf: false,
    telemetry: { enabled: false },
    // Another Worker in between would do it, and its errors would look like errors of this one.
    stripCfConnectingIp: false,
    log: new LinesLog(lines),
    // Without this, workerd does not log an exception that a Worker does not catch.
    verbose: true,
    // Emails are sent to an address of it.
    unsafeTriggerHandlers: true,
    ...(storage !== undefined && { durableObjectsPersist: storage, workflowsPersist: storage }),
    handleStructuredLogs: ({ message }: { message: string }) => {
      if (!isNative(message)) lines.push(message);
    },
    workers: [
      {
        ...common,
        name,
        modules,
        serviceBindings: {
          ...Object.fromEntries(Object.keys(services).map((service) => [service, service])),
          ...mapValues(entrypoints, (entrypoint) => ({
            name,
            ...(entrypoint !== "default" && { entrypoint }),
            ...(props && { props }),
          })),
        },
        ...(assets !== undefined && {
          assets: {
            directory: assets,
            binding: "ASSETS",
            routerConfig: { has_user_worker: true },
          },
        }),
        durableObjects: {
          ...mapValues(objects, (className) => ({ className, useSQLite: true })),
          ...mapValues(remoteObjects, ({ service, className }) => ({
            className,
            scriptName: service,
            useSQLite: true,
          })),
        },
        kvNamespaces: [...kvNamespaces],
        additionalUnboundDurableObjects: unboundObjects.map((className) => ({
          className,
          useSQLite: true,
        })),
        workflows: mapValues(workflows, (className) => ({ name: className, className })),
        queueProducers: config?.producers ?? {},
        queueConsumers: Object.fromEntries(
          (config?.consumers ?? []).map(({ queue: consumed, ...limits }) => [consumed, limits]),
        ),
        ...(queue !== undefined && {
          queueProducers: { [queue]: "messages" },
          queueConsumers: { messages: { maxBatchSize: 1, maxBatchTimeout: 0 } },
        }),
        ...(tail !== undefined && { tails: ["tail"] }),
      },
      ...isolates.slice(1).map((isolate) => ({
        ...common,
        name: isolate,
        modules,
        unsafeDirectSockets: [{}],
        queueProducers: config?.producers ?? {},
        durableObjects: mapValues(
          // The first isolate has this one in `ctx.exports`.
          unboundObjects.includes("PrefreezeAggregator")
            ? { ...objects, PREFREEZE: "PrefreezeAggregator" }
            : objects,
          (className) => ({ className, scriptName: name }),
        ),
      })),
      ...(tail === undefined ? [] : [{ ...common, name: "tail", modules: await modulesOf(tail) }]),
      ...(await Promise.all(
        Object.entries(services).map(async ([name, service]) => ({
          ...common,
          name,
          modules: await modulesOf(service),
        })),
      )),
    ],
  });

  let url: string;
  try {
    url = (await miniflare.ready).href;
    for (const [name, text] of Object.entries(secrets))
      await (await miniflare.getSecretsStoreSecretAPI(name))().create(text);
  } catch (error) {
    // Disposing fails with the same error again.
    await miniflare.dispose().catch(() => undefined);
    throw new Error(`The Worker ${entry} did not start.\n${lines.join("\n")}`, { cause: error });
  }
  return {
    url,
    fetch: (path, init) => fetch(new URL(path, url), { redirect: "manual", ...init }),
    fetchFrom: async (isolate, path, init) => {
      const of = isolate === 0 ? url : await miniflare.unsafeGetDirectURL(isolates[isolate]);
      return fetch(new URL(path, of), { redirect: "manual", ...init });
    },
    scheduled: async (cron) => {
      const worker = (await miniflare.getWorker()) as unknown as Driver;
      return (await worker.scheduled(cron === undefined ? {} : { cron })).outcome;
    },
    queue: async (bodies, backlog) => {
      const worker = (await miniflare.getWorker()) as unknown as Driver;
      const messages = bodies.map((body, i) => ({
        id: `message-${i}`,
        timestamp: new Date(),
        attempts: 1,
        body,
      }));
      return worker.queue("messages", messages, backlog && { metrics: backlog });
    },
    email: (from, subject = "") => {
      const to = "worker@example.com";
      const path = `cdn-cgi/handler/email?${new URLSearchParams({ from, to })}`;
      const head = `From: ${from}\r\nTo: ${to}\r\nMessage-ID: <1@example.com>\r\n`;
      const body = `${head}Subject: ${subject}\r\n\r\nHello.\r\n`;
      return fetch(new URL(path, url), { method: "POST", body });
    },
    logs: () => lines.join("\n"),
    stop: () => miniflare.dispose(),
  };
}

function mapValues<V, W>(
  values: Readonly<Record<string, V>>,
  map: (value: V) => W,
): Record<string, W> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}

async function modulesOf(entry: string) {
  const path = `${basename(entry)}.mjs`;
  return [{ type: "ESModule" as const, path, contents: await bundleWorker(entry) }];
}

// Miniflare's types for this need a package of Cloudflare's types, which it does not depend on.
interface Driver {
  scheduled(event: { cron?: string }): Promise<{ outcome: string }>;
  queue(
    name: string,
    messages: readonly { id: string; timestamp: Date; attempts: number; body: unknown }[],
    metadata?: { readonly metrics: QueueBacklog },
  ): Promise<QueueResult>;
}

function compatibilityFlags(options: WorkerOptions, configured: readonly string[]): string[] {
  const flags = new Set([...configured, ...(options.compatibilityFlags ?? [])]);
  if (options.nodejsCompat === true) flags.add("nodejs_compat");
  if (options.nodejsCompat === "nodejs_als") flags.add("nodejs_als");
  return [...flags];
}

// workerd logs an exception a second time, with places in its own source and binary.
function isNative(message: string): boolean {
  return /^(uncaught exception; )?exception = \S+\.(c\+\+|h):\d+: /.test(message);
}

// Miniflare takes no log but an instance of its own class.
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
