import { stopwatch } from "@prefreeze/core/adapter";
import type { Connection } from "./connection.js";

/** A connection that was idle for longer may be dead without notice. */
const LONGEST_IDLE_MS = 60_000;

/** A server, and the connections to it. */
export interface Origin {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** As the `Host` header has it. */
  readonly hostHeader: string;
  readonly open: Set<Connection>;
  readonly idle: Connection[];
  /** Time since a request has last ended, in milliseconds. */
  idleMs: () => number;
  /** How long the last request took, in milliseconds. */
  tookMs: number;
  /** How long the idle connections may be used again, in milliseconds since a request has last ended. */
  longestIdleMs: number;
  /** Makes the next handshake shorter. */
  session: Buffer | undefined;
  /** Why `node:http` sends the requests from now on. */
  notRead: string | undefined;
}

const origins = new Map<string, Origin>();

/** The server of an address: the same object each time, for the life of the process. */
export function originOf(url: URL): Origin {
  const known = origins.get(url.origin);
  if (known) return known;
  const added = newOrigin(url);
  origins.set(url.origin, added);
  return added;
}

/** A server to which there is no connection yet. */
export function newOrigin({ protocol, host, hostname, port }: URL): Origin {
  const isSecure = protocol === "https:";
  return {
    isSecure,
    // A URL has IPv6 addresses in brackets.
    host: hostname.replace(/\[|]/g, ""),
    port: Number(port || (isSecure ? 443 : 80)),
    hostHeader: host,
    open: new Set(),
    idle: [],
    idleMs: () => 0,
    tookMs: 0,
    longestIdleMs: LONGEST_IDLE_MS,
    session: undefined,
    notRead: undefined,
  };
}

/** @returns the first server whose answers are not read here */
export function firstNotRead(): readonly [origin: string, reason: string] | undefined {
  for (const [origin, { notRead }] of origins) if (notRead) return [origin, notRead];
  return undefined;
}

/** The connection that was used last. @returns undefined if none may be used again */
export function takeIdle(origin: Origin): Connection | undefined {
  const { idle } = origin;
  if (idle.length > 0 && origin.idleMs() > origin.longestIdleMs)
    for (const { socket } of idle.splice(0)) socket.destroy();
  for (let kept; (kept = idle.pop());) if (!kept.socket.destroyed) return kept;
  return undefined;
}

/** Keeps a connection for the next request. */
export function keep(origin: Origin, connection: Connection, longestIdleMs: number): void {
  origin.idle.push(connection);
  origin.longestIdleMs = Math.min(LONGEST_IDLE_MS, longestIdleMs);
}

/** Notes that a request has ended. */
export function ended(origin: Origin, tookMs: number): void {
  origin.idleMs = stopwatch();
  origin.tookMs = tookMs;
}

/** Closes all connections, also those in use. */
export function closeAll(origin: Origin): void {
  for (const { socket } of origin.open) socket.destroy();
}
