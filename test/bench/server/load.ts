import { connect, type Socket } from "node:net";

const CONNECTIONS = 32;
const REQUEST = Buffer.from("GET /orders/42 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

/** Clients that ask a server as fast as it answers, over connections that they keep. */
export interface Load {
  /** @returns how many requests were answered, and in which time in milliseconds */
  run(forMs: number): Promise<{ readonly answered: number; readonly tookMs: number }>;
  close(): void;
}

/** Opens the connections. All answers of the server must be as long as its first one. */
export async function openLoad(port: number): Promise<Load> {
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)));
  const answerBytes = await lengthOfAnswer(sockets[0]!);
  return {
    async run(forMs) {
      const startedMs = performance.now();
      let answered = 0;
      await Promise.all(
        sockets.map(
          (socket) =>
            new Promise<void>((resolve) => {
              let missing = answerBytes;
              const read = (chunk: Buffer) => {
                missing -= chunk.length;
                if (missing > 0) return;
                missing = answerBytes;
                answered++;
                if (performance.now() - startedMs < forMs) socket.write(REQUEST);
                else {
                  socket.off("data", read);
                  resolve();
                }
              };
              socket.on("data", read);
              socket.write(REQUEST);
            }),
        ),
      );
      return { answered, tookMs: performance.now() - startedMs };
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket.setNoDelay(true)));
    socket.once("error", reject);
  });
}

function lengthOfAnswer(socket: Socket): Promise<number> {
  return new Promise((resolve) => {
    let answer = "";
    const read = (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (!answer.endsWith("hello, world\n")) return;
      socket.off("data", read);
      resolve(answer.length);
    };
    socket.on("data", read);
    socket.write(REQUEST);
  });
}
