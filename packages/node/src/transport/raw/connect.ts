import type { Socket } from "node:net";
import { lookupInTurn } from "../one-lookup.js";
import type { Connection, Exchange } from "./connection.js";
import type { Origin } from "./origin.js";

/**
 * What has arrived, for all connections: each reads it before the next one gets any. Without it, Node.js would allocate
 * 64 KiB for each answer.
 */
let arrived: Buffer | undefined;

/** Opens a socket, with the options that `node:http` would use. @param read gets what arrives, which is then overwritten */
export function openSocket(
  { host, port, isSecure, session }: Origin,
  read: (bytes: Buffer) => void,
): Socket {
  const net = process.getBuiltinModule("node:net");
  arrived ??= Buffer.allocUnsafeSlow(16_384);
  const onread = {
    buffer: arrived,
    callback(length: number, bytes: Uint8Array) {
      read((bytes as Buffer).subarray(0, length));
      return true;
    },
  };
  const where = { host, port, lookup: lookupInTurn, onread };
  if (!isSecure) return net.connect(where);
  return process.getBuiltinModule("node:tls").connect({
    ...where,
    // An address is no name of a server.
    servername: net.isIP(host) ? "" : host,
    ALPNProtocols: ["http/1.1"],
    ...(session && { session }),
  });
}

/** Opens a connection that does not keep the process running. */
export function connect(origin: Origin, exchange: Exchange, open = openSocket): Connection {
  const socket = open(origin, (bytes) => {
    if (connection.exchange) connection.exchange.arrived(bytes);
    // Nothing was asked, so nobody knows what it answers.
    else socket.destroy();
  });
  const connection: Connection = { socket, exchange };
  origin.open.add(connection);
  socket
    .setNoDelay(true)
    .setKeepAlive(true, 1_000)
    .unref()
    // Of a name with several addresses, Node.js has forgotten it if the first one does not answer.
    .on("connect", () => socket.unref())
    .on(origin.isSecure ? "secureConnect" : "connect", () => connection.exchange?.connected())
    .on("session", (session: Buffer) => (origin.session = session))
    .on("end", () => {
      if (connection.exchange) connection.exchange.ended();
      else socket.destroy();
    })
    .on("error", (error) => {
      origin.session = undefined;
      connection.exchange?.failed(error);
    })
    .on("close", () => {
      origin.open.delete(connection);
      connection.exchange?.failed(reset("socket hang up"));
    });
  return connection;
}

/** The error of a connection that the server, or a freeze, has ended: as `node:http` reports it. */
export function reset(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}
