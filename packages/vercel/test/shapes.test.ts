import { EventEmitter, once } from "node:events";
import {
  createServer,
  request as send,
  type Server,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { loadOnVercel, useContext } from "./with-context.js";

const { instrument, records } = await loadOnVercel();
beforeEach(() => {
  records.splice(0);
  useContext({ waitUntil: () => undefined });
});

const request = new Request("https://example.com/");
const answer = (_request: IncomingMessage, response: ServerResponse) => void response.end("ok");

/** A server's answer to one request. */
async function ask(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  return response.text();
}
const counted = (times: number) => vi.waitFor(() => expect(records).toHaveLength(times));

/** An app like those of Koa: an emitter that makes a handler of itself. */
class Koa extends EventEmitter {
  callback() {
    return answer;
  }

  listen(...args: []) {
    return createServer(this.callback()).listen(...args);
  }
}

describe("an app", () => {
  test("with a server of node:http is itself, and its requests are counted", async () => {
    const server = createServer(answer);
    expect(instrument(server)).toBe(server);
    expect(await ask(server)).toBe("ok");
    await counted(1);
  });

  test("that has the server which answers for it is counted there", async () => {
    const fastify = { server: createServer(answer), listen: () => undefined };
    expect(instrument(fastify)).toBe(fastify);
    expect(await ask(fastify.server)).toBe("ok");
    const server = createServer(answer);
    const nest = { getHttpServer: () => server, listen: () => undefined };
    expect(instrument(nest)).toBe(nest);
    expect(await ask(server)).toBe("ok");
    await counted(2);
  });

  test("that makes a handler of itself is counted there", async () => {
    const app = new Koa();
    expect(instrument(app)).toBe(app);
    expect(Object.keys(app)).toEqual(Object.keys(new Koa()));
    expect(await ask(createServer(app.callback()))).toBe("ok");
    await counted(1);
  });

  test("is counted once however often it is wrapped, by two copies of the package, too", async () => {
    const { instrument: other } = createRequire(import.meta.url)("@prefreeze/vercel") as {
      readonly instrument: typeof instrument;
    };
    expect(other).not.toBe(instrument);
    const server = instrument(other(instrument(createServer(instrument(other(answer))))));
    expect(await ask(server)).toBe("ok");
    const app = instrument(other({ fetch: other(instrument(async () => new Response("fetch"))) }));
    expect(await (await app.fetch()).text()).toBe("fetch");
    const koa = other(instrument(new Koa()));
    expect(await ask(createServer(koa.callback()))).toBe("ok");
    await counted(3);
  });

  test("of which nothing can be changed is copied, or left alone with a warning", async () => {
    const app = instrument(Object.freeze({ fetch: async () => new Response("frozen") }));
    expect(await (await app.fetch()).text()).toBe("frozen");
    expect(records).toHaveLength(1);
    const warned = vi.mocked(console.warn);
    warned.mockClear();
    const koa = Object.freeze(new Koa());
    expect(instrument(koa)).toBe(koa);
    expect(await ask(createServer(koa.callback()))).toBe("ok");
    expect(warned).toHaveBeenCalledExactlyOnceWith(
      "prefreeze: the app is frozen, so its requests are not counted",
    );
  });

  test("whose function has a fetch of its own is counted by either", async () => {
    const handler = instrument(
      Object.assign(async () => new Response("called"), {
        fetch: async () => new Response("fetched"),
      }),
    );
    expect(await (await handler()).text()).toBe("called");
    expect(await (await handler.fetch()).text()).toBe("fetched");
    expect(records).toHaveLength(2);
  });

  test("may have settings that are called as a handler could be", async () => {
    const settings = { cors: true };
    const handle = instrument(
      Object.assign(async (_request: Request) => new Response("ok"), {
        OPTIONS: settings,
        fetch: "",
      }),
    );
    const app = instrument({
      fetch: async (_request: Request) => new Response("ok"),
      HEAD: settings,
    });
    expect([handle.OPTIONS, handle.fetch, app.HEAD]).toEqual([settings, "", settings]);
    for (const answer of [handle, app.fetch]) expect((await answer(request)).status).toBe(200);
    await counted(2);
  });

  test("leaves other events than requests alone", async () => {
    const server = instrument(createServer());
    const heard = vi.fn();
    server.on("upgrade", (_request, socket) => {
      heard();
      socket.destroy();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const client = send({ port, headers: { connection: "upgrade", upgrade: "websocket" } }).end();
    await once(client, "error");
    expect(heard).toHaveBeenCalledTimes(1);
    expect(records).toEqual([]);
  });

  test("whose client goes away is over then", async () => {
    const server = instrument(createServer((_request, response) => void response.write("begun")));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const client = send({ port }).end();
    const [response] = (await once(client, "response")) as [IncomingMessage];
    response.destroy();
    await counted(1);
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test("that hands its connection over to a WebSocket does not wait for its response", async () => {
    const handler = instrument((_request: IncomingMessage, response: ServerResponse) => {
      response.detachSocket(response.socket!);
    });
    const server = createServer((request, response) => {
      const { socket } = request;
      handler(request, response);
      socket.destroy();
    });
    await expect(ask(server)).rejects.toThrow("fetch failed");
    await counted(1);
  });
});

test.each([[{}], [{ listen: () => undefined }], [5], [null], ["handler"], [new EventEmitter()]])(
  "what is no handler and no app is refused: %o",
  (handler) => {
    expect(() => instrument(handler as unknown as { fetch(): Response })).toThrow(
      "prefreeze: instrument() needs an object with fetch, GET, HEAD, OPTIONS, POST, PUT, DELETE or PATCH",
    );
  },
);

test("a method that other code calls without its object has it", async () => {
  class App {
    readonly #name = "private";

    async GET(_request: Request) {
      return new Response(this.#name);
    }
  }
  const { GET } = instrument(new App());
  expect(await (await GET(request)).text()).toBe("private");
});
