import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** The address of a gateway that accepts connections and never answers, until the test ends. */
export async function hangingGateway(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = await listening((socket) => void sockets.add(socket.on("error", () => undefined)));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return addressOf(server);
}

async function listening(connected: (socket: Socket) => void): Promise<Server> {
  const server = createServer(connected).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
