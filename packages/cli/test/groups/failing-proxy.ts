import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** Passes requests on to a gateway, or answers 503 while it is told to fail. */
export interface FailingProxy {
  readonly url: string;
  fails: boolean;
  stop(): void;
}

export async function startFailingProxy(gatewayUrl: string, fails: boolean): Promise<FailingProxy> {
  const server = createServer((incoming, outgoing) => {
    if (proxy.fails) {
      outgoing.writeHead(503).end();
      return;
    }
    request(gatewayUrl + incoming.url!, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: FailingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fails,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}
