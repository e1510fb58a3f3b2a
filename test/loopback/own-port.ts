import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the ports that Linux, macOS and Windows give to servers and connections that ask for any. */
const LOWEST = 20_000;
const HIGHEST = 32_766;

/**
 * A port of 127.0.0.1 for a program that cannot choose one itself, or for a server that is closed and opened again.
 * The system gives it to nobody else, and until this process ends no other call returns it, in whichever process.
 */
export async function ownPort(): Promise<number> {
  for (;;) {
    const port = LOWEST + 2 * Math.floor((Math.random() * (HIGHEST - LOWEST)) / 2);
    // Whoever listens on the next port owns this one, even while nothing listens on it.
    const claim = await listening(port + 1);
    if (claim === undefined) continue;
    claim.unref();
    const attempt = await listening(port);
    if (attempt !== undefined) {
      attempt.close();
      await once(attempt, "close");
      return port;
    }
    claim.close();
  }
}

/** @returns undefined if the port is taken */
async function listening(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
  return await once(server, "listening").then(
    () => server,
    () => undefined,
  );
}
