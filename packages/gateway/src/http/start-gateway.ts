import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIPv6, type AddressInfo } from "node:net";
import { answerTo } from "./answer.js";
import { groupOf, type Group } from "../store/group.js";
import { readValue } from "../store/read-value.js";
import { renderText } from "../store/render-text.js";
import type { Store } from "../store/stored-group.js";

/** Where the gateway listens. */
export interface GatewayOptions {
  /** 0 to 65535; default 0, a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`, so that nobody else can reach it. */
  readonly host?: string;
}

/** A running gateway; it keeps the process alive until it is stopped. */
export interface Gateway {
  /** What goes into `PUSHGATEWAY_URL`: `http://127.0.0.1:<port>`, without a final slash. A browser shows the groups there. */
  readonly url: string;
  /**
   * Sums a sample over all groups, so over all instances.
   *
   * @param name the sample's name; of a histogram or summary `<name>_count`, `<name>_sum`, and `<name>_bucket` with `le`
   * @param labels those that must be equal; the others may be anything
   * @returns undefined when there is no such series
   */
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  /** All groups, in the order in which they were first pushed. */
  groups(): Promise<Group[]>;
  /** What a scrape gets: the text format 0.0.4. */
  metrics(): Promise<string>;
  /** Deletes every group. */
  reset(): Promise<void>;
  /** Closes every connection and frees the port. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a Pushgateway in this process, which holds everything in memory.
 *
 * It takes, refuses and exports what the real one (1.5) does with its consistency check on, except that
 * - it refuses with a 400, leaving nothing behind, what breaks the real one's scrapes or hangs it: grouping values and
 *   help texts that are not UTF-8, an empty `instance` beside the same group without one, a grouping label `le` with a
 *   histogram, the type `gauge_histogram`, and any `push_failure_time_seconds`;
 * - it stores nothing of a body that was cut short, and takes at most 64 MiB (413);
 * - it reads the text format only (415 for protobuf), exports no metrics of its own, and has no admin API;
 * - it answers HEAD as it answers GET.
 *
 * @throws Error when the port is in use, or may not be used
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { port = 0, host = "127.0.0.1" } = options;
  const store: Store = new Map();
  const server = createServer((request, response) => void serve(request, response, store));
  await listen(server, port, host);
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: urlOf(server.address() as AddressInfo),
    value: async (name, labels = {}) => readValue(store, name, labels),
    groups: async () => [...store.values()].map(groupOf),
    metrics: async () => renderText(store),
    reset: async () => store.clear(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  store: Store,
): Promise<void> {
  try {
    const { status, headers, body } = await answerTo(request, store);
    // What is left of a refused body cannot be told from the next request.
    if (!request.complete) response.setHeader("connection", "close");
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(request.method === "HEAD" ? undefined : body);
  } catch {
    // The client went away in the middle of its body.
    response.destroy();
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new Error(
        `Port ${port} of ${host} is in use: stop what listens there, or start the gateway with another port (0 takes a free one).`,
        { cause: error },
      );
    }
    if (code === "EACCES") {
      throw new Error(
        `This user may not listen on port ${port} of ${host}: choose a port above 1023.`,
        { cause: error },
      );
    }
    throw error;
  }
}

function urlOf({ address, port }: AddressInfo): string {
  // Where it listens on all addresses, loopback reaches it.
  const host = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
