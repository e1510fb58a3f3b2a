import type { TransportRequest } from "@prefreeze/core";
import { afterAwakeMs, reasonOf, stopwatch } from "@prefreeze/core/adapter";
import { MAX_ANSWER_CHARACTERS } from "../answer-limit.js";
import { withAdvice } from "../connection-advice.js";
import { connect, openSocket, reset } from "./connect.js";
import type { Connection, Exchange } from "./connection.js";
import { closeAll, ended, keep, type Origin, takeIdle } from "./origin.js";
import { type Answer, answerReader } from "./read-answer.js";

/** What is sent after the head, and how long it may take. */
export interface Exchanged extends Pick<
  TransportRequest,
  "body" | "timeoutMs" | "answerCharacters"
> {
  /** Length of the body in bytes; undefined if there is none. Counting them in a long text takes a tenth of its push. */
  readonly bodyBytes: number | undefined;
  /** The name of a header of the answer that is wanted, in lower case. Default: none. */
  readonly answerHeader?: string;
}

/** How an exchange ends. One of these is called, once. */
export interface Ends {
  answered(answer: Answer): void;
  /** There is no answer. The error has `nothingSent` if no byte of the request has left. */
  failed(error: Error): void;
  /** The answer is not one that is read here, so its connection is closed. */
  notRead(reason: string): void;
}

/**
 * Sends one request over a connection of its own, kept or new, and reads the answer.
 *
 * @param head of the request, as `writeHead` writes it
 * @returns gives the exchange up, if it has not ended
 */
export function exchange(
  { body, bodyBytes, timeoutMs, answerCharacters = MAX_ANSWER_CHARACTERS, answerHeader }: Exchanged,
  head: string,
  origin: Origin,
  ends: Ends,
  open = openSocket,
): () => void {
  const sinceSentMs = stopwatch();
  const reader = answerReader(answerCharacters, answerHeader);
  let isSent = false;
  let stopWaiting: (() => void) | undefined;
  const leave = () => {
    connection.exchange = undefined;
    stopWaiting?.();
  };
  const fail = (thrown: Error) => {
    leave();
    connection.socket.destroy();
    // A server that does not read what it refuses resets the connection behind its answer.
    if (`${reader.head?.status}`.startsWith("4")) return ends.answered(reader.response());
    const error = withAdvice(thrown);
    ends.failed(isSent ? error : Object.assign(error, { nothingSent: true }));
  };
  const complete = () => {
    leave();
    const tookMs = sinceSentMs();
    // If it took longer than it may, that was a freeze, which the connection may not have survived.
    const wasFrozen = tookMs > timeoutMs;
    ended(origin, wasFrozen ? 0 : tookMs);
    const { socket } = connection;
    const longestIdleMs = wasFrozen ? 0 : reader.longestIdleMs();
    // A server that answers before it has the whole body may not read the rest.
    if (longestIdleMs > 0 && socket.writableLength === 0) keep(origin, connection, longestIdleMs);
    else socket.destroy();
    ends.answered(reader.response());
  };
  const own: Exchange = {
    connected() {
      isSent = true;
      const { socket } = connection;
      if (typeof body === "string" && bodyBytes === body.length)
        // One packet. ASCII is sent as Latin-1, which copies nothing.
        socket.write(head + body, "latin1");
      else {
        socket.cork();
        socket.write(head, "latin1");
        if (body) socket.write(body);
        socket.uncork();
      }
    },
    arrived(bytes) {
      let isComplete;
      try {
        isComplete = reader.read(bytes);
      } catch (error) {
        leave();
        connection.socket.destroy();
        return ends.notRead(reasonOf(error));
      }
      if (isComplete) return complete();
      if (reader.head) stopWaiting?.();
    },
    ended() {
      if (reader.end()) complete();
      else fail(reset(reader.head ? "aborted" : "socket hang up"));
    },
    failed: fail,
  };
  const kept = takeIdle(origin);
  const connection: Connection = kept ?? connect(origin, own, open);
  if (kept) {
    kept.exchange = own;
    // The reason for its silence, a freeze say, holds for the other connections too.
    const longestMs = Math.max(timeoutMs / 2, 2 * origin.tookMs);
    if (longestMs < Infinity) stopWaiting = afterAwakeMs(longestMs, () => closeAll(origin), true);
    own.connected();
  }
  return () => {
    if (connection.exchange === own) fail(new Error(isSent ? "aborted" : "no connection in time"));
  };
}
