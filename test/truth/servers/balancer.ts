import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as requestOn,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** What gets requests from a balancer. */
export interface Backend {
  readonly url: string;
  /** Headers that the platform's own proxy adds. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Passes each request to one of several servers, in turn. */
export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param backends those that get requests now */
export async function startBalancer(backends: () => readonly Backend[]): Promise<Balancer> {
  let turn = 0;

  function pass(request: IncomingMessage, response: ServerResponse, tries: number): void {
    const all = backends();
    const backend = all[turn++ % all.length];
    if (tries === 0 || !backend) {
      response.destroy();
      return;
    }
    // On a kept connection that was closed meanwhile, nobody could tell whether a request has arrived.
    const passed = requestOn(new URL(request.url!, backend.url), {
      method: request.method!,
      headers: { ...request.headers, ...backend.headers },
      agent: false,
    });
    const clientLeft = () => passed.destroy();
    response.once("close", clientLeft);
    passed.on("response", (answer: IncomingMessage) => {
      response.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.on("error", () => response.destroy()).pipe(response);
    });
    passed.on("error", (error: NodeJS.ErrnoException) => {
      response.off("close", clientLeft);
      // It has not arrived.
      if (error.code === "ECONNREFUSED") pass(request, response, tries - 1);
      else response.destroy();
    });
    request.pipe(passed);
  }

  const server = createServer((request, response) => pass(request, response, 4));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
