import type { Socket } from "node:net";

/** A request that a connection is used for. */
export interface Exchange {
  /** There is a connection; over TLS, to a server whose certificate is valid. */
  connected(): void;
  arrived(bytes: Buffer): void;
  /** The server has sent all that it will. */
  ended(): void;
  failed(error: Error): void;
}

/** One connection to a gateway. */
export interface Connection {
  readonly socket: Socket;
  /** Undefined while it is idle. */
  exchange: Exchange | undefined;
}
