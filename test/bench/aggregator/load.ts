import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Push } from "./fleet.js";

/**
 * Sends pushes over kept connections, each of which has one in flight.
 *
 * @param next makes the next push
 * @param untilMs stops sending then, by `performance.now()`
 * @returns how many pushes were answered, and in how many milliseconds
 * @throws Error if an answer is not 200 or 202
 */
export async function sendAll(
  url: string,
  next: () => Push,
  pushes: number,
  connections: number,
  untilMs = Infinity,
): Promise<{ readonly answered: number; readonly tookMs: number }> {
  const { port, hostname } = new URL(url);
  const sockets = Array.from({ length: Math.min(connections, pushes) }, () =>
    connect(Number(port), hostname).setNoDelay(),
  );
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const startedMs = performance.now();
  let left = pushes;
  let answered = 0;
  const mayGoOn = () => left > 0 && performance.now() < untilMs;
  const sendOver = (socket: Socket) =>
    new Promise<void>((resolve, reject) => {
      let answer = "";
      let push: Push | undefined;
      const send = () => {
        left -= 1;
        push = next();
        socket.write(push.request, "latin1");
      };
      const closed = () => reject(new Error("a connection was closed before the answer"));
      socket
        .on("error", reject)
        .on("close", closed)
        .on("data", (chunk) => {
          answer += chunk.toString("latin1");
          // A push that is refused gets a reason after the head.
          if (!/^HTTP\/1\.1 20[02] /.test(answer)) reject(new Error(answer));
          if (!answer.endsWith("\r\n\r\n")) return;
          answer = "";
          answered += 1;
          push?.answered();
          if (mayGoOn()) send();
          else resolve();
        });
      if (mayGoOn()) send();
      else resolve();
    });
  try {
    await Promise.all(sockets.map(sendOver));
    return { answered, tookMs: performance.now() - startedMs };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
