import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isIPv6, type AddressInfo } from "node:net";
import { answerTo } from "./answer.js";
import { groupOf, type Group } from "../store/group.js";
import { readValue } from "../store/read-value.js";
import { renderText } from "../store/render-text.js";
import type { Store } from "../store/stored-group.js";

/** Where the embedded gateway listens. */
export interface GatewayOptions {
  /** The TCP port, 0 to 65535. Default: 0, which takes a free port. */
  readonly port?: number;
  /** The address to listen on. Default: `127.0.0.1`, which only this machine can reach. */
  readonly host?: string;
}

/** A running gateway. It keeps the process alive until it is stopped. */
export interface Gateway {
  /** The value for `PUSHGATEWAY_URL`: `http://127.0.0.1:<port>`, without a final slash. Open it in a browser to see the groups. */
  readonly url: string;
  /**
   * Reads a value, summed over all groups and so over all instances.
   *
   * @param name the name of the sample. A histogram or summary has `<name>_count` and `<name>_sum`; a histogram has
   *   `<name>_bucket` with the label `le`
   * @param labels the labels that must match. Other labels may have any value; an empty value matches a missing label
   * @returns the sum, or undefined if no series matches
   */
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  /** Resolves to a copy of all groups, in the order of their first push. */
  groups(): Promise<Group[]>;
  /** Resolves to what a scrape gets: all groups in the text format 0.0.4. */
  metrics(): Promise<string>;
  /** Deletes every group. */
  reset(): Promise<void>;
  /** Closes every connection and frees the port. May be called more than once. */
  stop(): Promise<void>;
  /** Calls `stop()` at the end of a scope: `await using gateway = await startGateway()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a Pushgateway in this process. It holds everything in memory.
 *
 * It accepts, refuses and exports what Pushgateway 1.11.2 does with its consistency check on. The exceptions:
 * - It answers 400, and stores nothing, if a push would break the scrapes of the real gateway: a grouping value or a
 *   help text that is not UTF-8, an empty `instance` beside the same group without one, a grouping label `le` with a
 *   histogram, a gauge histogram that shares its name with another type, the family `push_failure_time_seconds`.
 * - It answers 400 to a sample in braces without a name, which can make the real gateway close the connection.
 * - It reads the text format only, plain or gzip, and up to 64 MiB: it answers 415 to protobuf and snappy, 413 to more.
 * - It exports no metrics of its own, has no admin API, and answers HEAD as GET.
 *
 * @param options where it listens; by default on a free port of `127.0.0.1`
 * @returns the running gateway, once it listens
 * @throws Error if the port is in use, or if this user may not listen on it
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
    // The rest of a refused body would be read as the next request.
    if (!request.complete) response.setHeader("connection", "close");
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(request.method === "HEAD" ? undefined : body);
  } catch {
    // The client went away before its body was complete.
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
        `Port ${port} of ${host} is in use: stop the program that listens on it, or pass another port (0 takes a free one).`,
        { cause: error },
      );
    }
    if (code === "EACCES") {
      throw new Error(
        `This user may not listen on port ${port} of ${host}: pass a port above 1023.`,
        { cause: error },
      );
    }
    throw error;
  }
}

function urlOf({ address, port }: AddressInfo): string {
  // If it listens on all addresses, loopback reaches it.
  const host = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
