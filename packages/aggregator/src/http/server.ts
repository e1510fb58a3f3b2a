import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import type { TlsOptions } from "../options.js";
import { refusePlainText } from "./first-byte.js";

/** Longer than the 60 s after which our writers give up an idle connection: the closer knows best. */
const KEEP_ALIVE_MS = 120_000;
const LIMITS: ServerOptions = {
  keepAlive: true,
  keepAliveTimeout: KEEP_ALIVE_MS,
  // A client that sends more slowly is cut off.
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 32_768,
};
/** A client that does not read its answer is cut off. */
const SILENCE_MS = 60_000;

/** A server that does not listen yet. */
export function createHttpServer(tls: TlsOptions | undefined, listener: RequestListener): Server {
  let server: Server;
  try {
    if (tls) {
      const secure = createTlsServer({ ...LIMITS, ...tls }, listener);
      refusePlainText(secure, (socket) =>
        refuseWith(socket, "400 Bad Request", "this is an HTTPS port"),
      );
      server = secure;
    } else server = createServer(LIMITS, listener);
  } catch (error) {
    throw new Error(
      `the certificate or its key cannot be used: ${(error as Error).message}; give both as PEM`,
      { cause: error },
    );
  }
  server.timeout = SILENCE_MS;
  return server.on("clientError", refuse);
}

/** What is not HTTP, is too slow, or has a header that is too long. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", "the headers are too long"]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? ["408 Request Timeout", "the request took too long to arrive"]
        : ["400 Bad Request", "this is not HTTP"];
  refuseWith(socket, status, reason);
}

function refuseWith(socket: Duplex, status: string, reason: string): void {
  const text = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
  );
}

/**
 * @returns the address of the server, once it listens
 * @throws Error in one line that says what to do
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  isTls: boolean,
): Promise<string> {
  try {
    server.listen({ port, host, backlog: 4_096 });
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      EADDRINUSE: `port ${port} of ${host} is in use: stop the program that listens on it, or choose another port`,
      EACCES: `this user may not listen on port ${port} of ${host}: choose a port above 1023`,
      EADDRNOTAVAIL: `${host} is not an address of this machine: listen on one that is, or on 0.0.0.0`,
      ENOTFOUND: `${host} is not an address of this machine: listen on one that is, or on 0.0.0.0`,
    };
    const reason = reasons[code ?? ""];
    throw reason === undefined ? error : new Error(reason, { cause: error });
  }
  const { address, port: taken } = server.address() as AddressInfo;
  // If it listens on all addresses, loopback reaches it.
  const reached = address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
  return `http${isTls ? "s" : ""}://${isIPv6(reached) ? `[${reached}]` : reached}:${taken}`;
}
