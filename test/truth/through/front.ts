import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A stable address of a program whose own address changes when it starts again. */
export interface Front {
  readonly url: string;
  /** Accepts requests and answers none, until it is called with `false`; then they fail. */
  hang(hangs: boolean): void;
  stop(): Promise<void>;
}

const UNTOUCHED = ["content-type", "content-encoding", "accept", "authorization"];

/** @param target where requests go; undefined while the program is down: then connections are cut */
export async function startFront(target: () => string | undefined): Promise<Front> {
  let hanging: (() => void)[] | undefined;
  const server: Server = createServer((request, response) => {
    const cut = () => request.socket.destroy();
    if (hanging) {
      hanging.push(cut);
      return;
    }
    const forward = async () => {
      const url = target();
      if (url === undefined) {
        cut();
        return;
      }
      const body = Buffer.concat(await request.toArray());
      const answer = await fetch(url + request.url, {
        method: request.method!,
        headers: Object.fromEntries(
          UNTOUCHED.flatMap((name) => {
            const value = request.headers[name];
            return typeof value === "string" ? [[name, value]] : [];
          }),
        ),
        ...(body.length > 0 && { body }),
      });
      const content = Buffer.from(await answer.arrayBuffer());
      const type = answer.headers.get("content-type");
      response.writeHead(answer.status, type === null ? {} : { "content-type": type }).end(content);
    };
    forward().catch(cut);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hang(hangs) {
      for (const cut of hanging ?? []) cut();
      hanging = hangs ? [] : undefined;
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
