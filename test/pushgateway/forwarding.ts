import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface ForwardingGateway {
  readonly url: string;
  /** How many pushes have arrived. */
  readonly pushes: () => number;
}

/**
 * Starts a server that forwards pushes to a gateway until the test ends.
 *
 * @param before called with the number of the push, from 1, and awaited before the push is forwarded. If it returns
 *   `false`, the push is neither forwarded nor answered
 * @param finished registers the clean-up; pass the one of the test's context if tests run concurrently
 */
export async function forwardingGateway(
  gatewayUrl: string,
  before: (push: number) => unknown = () => undefined,
  finished = onTestFinished,
): Promise<ForwardingGateway> {
  let pushes = 0;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    if ((await before(++pushes)) === false) return;
    const { status } = await fetch(gatewayUrl + request.url, {
      method: request.method!,
      headers: headersOf(request),
      ...(request.method !== "GET" && { body }),
    });
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  finished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushes: () => pushes,
  };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const { "content-type": type = "", "content-encoding": encoding } = headers;
  return {
    "content-type": type,
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
  };
}
