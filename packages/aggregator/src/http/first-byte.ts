import type { Server } from "node:https";
import type { Duplex } from "node:stream";
import type { Socket } from "node:net";

/** The first byte of every TLS handshake: the type of its record. */
const HANDSHAKE = 22;
/** Whoever connects has something to say at once. */
const SILENCE_MS = 10_000;
/** Leaves time to read the answer. */
const LINGER_MS = 1_000;

/**
 * Looks at the first byte of each connection of a server, before TLS does. TLS itself would only close the connection of
 * a client that speaks none, which then could not tell why.
 *
 * @param refuse answers such a client, and ends the connection
 */
export function refusePlainText(server: Server, refuse: (socket: Duplex) => void): void {
  const accepts = server.listeners("connection") as ((socket: Socket) => void)[];
  server.removeAllListeners("connection");
  const silent = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    const leave = (): void => void socket.destroy();
    silent.add(socket);
    socket.setTimeout(SILENCE_MS, leave);
    socket.on("error", leave).once("close", () => silent.delete(socket));
    socket.once("readable", () => {
      const first = socket.read() as Buffer | null;
      // It has ended.
      if (!first) return leave();
      if (first[0] !== HANDSHAKE) {
        refuse(socket);
        // A connection that is closed with unread data is reset, and the answer may be lost.
        socket.resume();
        return void setTimeout(leave, LINGER_MS).unref();
      }
      silent.delete(socket);
      socket.setTimeout(0, leave).off("error", leave);
      socket.unshift(first);
      for (const accept of accepts) accept.call(server, socket);
    });
  });
  // HTTP does not know of these connections yet.
  for (const name of ["closeIdleConnections", "closeAllConnections"] as const) {
    const close = server[name].bind(server);
    server[name] = () => {
      for (const socket of silent) socket.destroy();
      close();
    };
  }
}
