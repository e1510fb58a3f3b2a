import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface GatedGateway {
  readonly url: string;
  /** How many pushes have come. */
  readonly pushes: () => number;
  /** Until this is called, no push is forwarded or answered. */
  openGate(): void;
}

/** Stands before a gateway, for the length of the test. */
export async function gatedGateway(gatewayUrl: string): Promise<GatedGateway> {
  let openGate = (): void => undefined;
  const gate = new Promise<void>((open) => (openGate = open));
  let pushes = 0;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    pushes += 1;
    await gate;
    const headers = { "content-type": `${request.headers["content-type"]}` };
    const { status } = await fetch(gatewayUrl + request.url, {
      method: `${request.method}`,
      headers,
      body,
    });
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, pushes: () => pushes, openGate: () => openGate() };
}
