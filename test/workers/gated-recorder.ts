import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface GatedRecorder {
  readonly url: string;
  /** The bodies that were sent to any path but `/gate`, in order. */
  readonly bodies: readonly string[];
  /** A request for `/gate` is answered once this was called. */
  openGate(): void;
  stop(): Promise<void>;
}

/** Records what a function sends. The test opens a gate when the function may continue. */
export async function startGatedRecorder(): Promise<GatedRecorder> {
  let openGate = (): void => undefined;
  const gate = new Promise<void>((open) => (openGate = open));
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === "/gate") await gate;
    else bodies.push(Buffer.concat(await request.toArray()).toString());
    response.end("ok");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    bodies,
    openGate: () => openGate(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
