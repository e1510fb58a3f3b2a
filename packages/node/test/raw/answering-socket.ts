import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { GeneratedAnswer } from "./generated-answer.js";

/** A connection to a server that sends that answer, cut as it says, once there is a request. No packets join. */
export function answeringSocket({ bytes, cuts, closes }: GeneratedAnswer): Socket {
  let isAsked = false;
  const answer = async () => {
    let from = 0;
    for (const to of [...cuts, bytes.length]) {
      if (socket.destroyed) return;
      socket.push(bytes.subarray(from, to));
      from = to;
      await undefined;
    }
    if (closes) socket.push(null);
  };
  const socket = new Duplex({
    read: () => undefined,
    write(_chunk, _encoding, done) {
      if (!isAsked) setImmediate(answer);
      isAsked = true;
      done();
    },
  });
  // What only sockets have.
  for (const method of ["setNoDelay", "setKeepAlive", "setTimeout", "ref", "unref"])
    Object.assign(socket, { [method]: () => socket });
  setImmediate(() => socket.emit("connect"));
  return socket as Socket;
}
