import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";
import { ownPort } from "../../../test/loopback/own-port.js";

export interface Recorded {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordingServer {
  readonly url: string;
  readonly requests: readonly Recorded[];
  /** How many connections were opened, and how many are open now. */
  readonly connections: { readonly opened: number; readonly open: number };
  /** Closes connections that have no request in flight. */
  closeIdleConnections(): void;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

/** Records requests until the test ends. Answers 202 by default. */
export async function recordingServer(
  answer: Answer = (response) => response.writeHead(202).end(),
  tls?: TlsOptions,
): Promise<RecordingServer> {
  const requests: Recorded[] = [];
  const connections = { opened: 0, open: 0 };
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests.push({ method: request.method, path: request.url, headers: request.headers, body });
    answer(response, request);
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  // No test may pass because the server closed a connection first.
  server.keepAliveTimeout = 120_000;
  server.on(
    tls === undefined ? "connection" : "secureConnection",
    (socket: NodeJS.EventEmitter) => {
      connections.opened += 1;
      connections.open += 1;
      socket.once("close", () => (connections.open -= 1));
    },
  );
  // A client of a server that had the same port before would be recorded.
  server.listen(await ownPort(), "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    requests,
    connections,
    closeIdleConnections: () => server.closeIdleConnections(),
  };
}
