import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What a proxy does with a request; `pass` sends it on, with another path if one is given. */
export type Rule = (
  request: IncomingMessage,
  response: ServerResponse,
  pass: (path?: string, change?: (headers: Record<string, unknown>) => void) => void,
) => void;

/** Starts a proxy before a gateway, until the test ends. @returns its address */
export async function proxy(gatewayUrl: string, rule: Rule): Promise<string> {
  const server = createServer((incoming, response) => {
    rule(incoming, response, (path = incoming.url ?? "/", change = () => undefined) => {
      const headers: Record<string, unknown> = { ...incoming.headers };
      change(headers);
      const { hostname, port } = new URL(gatewayUrl);
      const outgoing = request(
        {
          hostname,
          port,
          path,
          method: incoming.method,
          headers: headers as Record<string, string>,
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      outgoing.on("error", () => response.destroy());
      incoming.pipe(outgoing);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
