import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
} from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect } from "node:net";
import { instrumentServer } from "@prefreeze/node";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ask, listening, useMeasuredProcess } from "./measured.js";

const { expectRequests, expectSeconds, expectActive, samples } = useMeasuredProcess();

function serving(listener: RequestListener): Server {
  return instrumentServer(createServer(listener)).listen(0, "127.0.0.1");
}

/** Sends bytes, and returns what comes back until the server closes the connection. */
async function exchange(port: number, sent: string): Promise<string> {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  socket.write(sent);
  let received = "";
  socket.on("data", (text: string) => (received += text));
  await once(socket, "close");
  return received;
}

describe("the requests of a server of node:http", () => {
  test("count by method and status; what is no method of HTTP is one value", async () => {
    const server = serving((request, response) => {
      response.statusCode = request.method === "DELETE" ? 204 : 203;
      response.end();
    });
    const port = await listening(server);
    await ask(port, "/a");
    await ask(port, "/b", { method: "DELETE" });
    await ask(port, "/c", { method: "PURGE" });
    await ask(port, "/c", { method: "PROPFIND" });
    await expectRequests("GET", "203", "").toBe(1);
    await expectRequests("DELETE", "204", "").toBe(1);
    await expectRequests("_OTHER", "203", "").toBe(2);
    await expectActive().toBe(0);
  });

  test("count without a warning if other code has made them up, without a connection", async () => {
    const warned = vi.spyOn(console, "warn");
    onTestFinished(() => warned.mockRestore());
    const server = instrumentServer(
      createServer((_, response) => void response.writeHead(294).end()),
    );
    const request = {
      method: "GET",
      url: "/",
      headers: {},
      httpVersionMajor: 1,
    } as IncomingMessage;
    const response = new ServerResponse(request);
    server.emit("request", request, response);
    response.emit("close");
    await expectRequests("GET", "294", "").toBe(1);
    await expectActive().toBe(0);
    expect(warned).not.toHaveBeenCalled();
  });

  test("end with their connection if other code has taken their socket", async () => {
    const server = serving((request, response) => {
      const { socket } = request;
      if (!response.socket) return;
      response.detachSocket(socket);
      socket.end("HTTP/1.1 297 Raw\r\n\r\n");
    });
    const port = await listening(server);
    const asking = "PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    expect(await exchange(port, asking)).toContain("297");
    expect(await exchange(port, asking + asking)).toContain("297");
    await expectRequests("PATCH", "", "").toBe(3);
    await expectActive().toBe(0);
  });

  test("count if others put their own listener before all that were there, as Socket.IO does", async () => {
    const server = serving((_, response) => void response.writeHead(299).end());
    const before = server.listeners("request").slice() as RequestListener[];
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      if (request.url === "/polling") response.writeHead(298).end();
      else for (const listener of before) listener.call(server, request, response);
    });
    const port = await listening(server);
    for (const path of ["/polling", "/a"]) await ask(port, path);
    await expectRequests("GET", "298", "").toBe(1);
    await expectRequests("GET", "299", "").toBe(1);
    await expectActive().toBe(0);
  });

  test("count once if a server is instrumented twice", async () => {
    const server = createServer((_, response) => response.writeHead(206).end());
    expect(instrumentServer(instrumentServer(server))).toBe(server);
    await ask(await listening(server.listen(0, "127.0.0.1")), "/");
    await expectRequests("GET", "206", "").toBe(1);
  });

  test("last until their body has been sent whole, and are active until then", async () => {
    let end: () => void = () => undefined;
    const server = serving((_, response) => {
      response.writeHead(207).write("begun");
      end = () => response.end("ended");
    });
    const asked = ask(await listening(server), "/");
    await expectActive().toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    end();
    expect(await asked).toBe(207);
    await expectRequests("GET", "207", "").toBe(1);
    await expectActive().toBe(0);
    await expectSeconds("").toBeGreaterThan(0.15);
  });

  test("end when their client goes, without a status if there was none yet", async () => {
    const server = serving(() => undefined);
    const socket = connect(await listening(server), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await expectActive().toBe(1);
    socket.destroy();
    await expectRequests("GET", "", "").toBe(1);
    await expectActive().toBe(0);
  });

  test("end with their connection if they wait for others on it", async () => {
    let asked = 0;
    const server = serving((request) => void (asked += request.method === "PUT" ? 1 : 0));
    const socket = connect(await listening(server), "127.0.0.1");
    socket.write("PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n".repeat(3));
    await expect.poll(() => asked).toBe(3);
    await expectActive().toBe(3);
    socket.destroy();
    await expectRequests("PUT", "", "").toBe(3);
    await expectActive().toBe(0);
  });

  test("count each if they are sent at once over one connection", async () => {
    const server = serving((_, response) => response.writeHead(208).end("x"));
    const port = await listening(server);
    const one = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    const last = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    const received = await exchange(port, one + one + last);
    expect(received.match(/HTTP\/1.1 208/g)).toHaveLength(3);
    await expectRequests("GET", "208", "").toBe(3);
  });

  test("count by their last status, whatever came before it", async () => {
    const server = serving((_, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.writeHead(209).end();
    });
    expect(await ask(await listening(server), "/")).toBe(209);
    await expectRequests("GET", "209", "").toBe(1);
  });

  test("are no WebSockets, even if a package makes up a response for one", async () => {
    const server = createServer();
    const app = instrumentServer(server);
    app.on("upgrade", (request, socket) => {
      server.emit("request", request, new ServerResponse(request));
      socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    });
    const port = await listening(server.listen(0, "127.0.0.1"));
    await exchange(port, "GET / HTTP/1.1\r\nhost: a\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n");
    await expectActive().toBe(0);
  });

  test("are none if Node.js refuses them", async () => {
    const before = await samples();
    const port = await listening(serving((_, response) => response.end()));
    expect(await exchange(port, "nonsense\r\n\r\n")).toContain("400 Bad Request");
    expect(await samples()).toEqual(before);
  });

  test("leave the errors of the program to it", async () => {
    const server = serving((_, response) => {
      response.statusCode = 599;
      response.destroy(new Error("broken"));
    });
    await expect(ask(await listening(server), "/")).rejects.toThrow("socket hang up");
    await expectActive().toBe(0);
  });
});

describe("the requests of a server of node:http2", () => {
  test.each(["requests", "streams"])("count, if it listens for %s", async (what) => {
    const status = what === "requests" ? 291 : 292;
    const server = instrumentServer(createHttp2Server());
    if (what === "requests")
      server.on("request", (_, response) => {
        response.writeHead(status);
        response.end();
      });
    else
      server.on("stream", (stream) => {
        stream.respond({ ":status": status });
        stream.end();
      });
    const port = await listening(server.listen(0, "127.0.0.1"));
    const client = connectHttp2(`http://127.0.0.1:${port}`);
    for (const method of ["GET", "POST"]) {
      const stream = client.request({ ":path": "/x", ":method": method }).resume();
      stream.end();
      await once(stream, "close");
    }
    client.close();
    await expectRequests("GET", String(status), "").toBe(1);
    await expectRequests("POST", String(status), "").toBe(1);
    await expectActive().toBe(0);
  });
});

describe("instrumentServer()", () => {
  test.each([{}, [], () => undefined, new Map(), null as never, "server" as never])(
    "refuses what is no server: %o",
    (value) => {
      expect(() => instrumentServer(value)).toThrow(
        "prefreeze: instrumentServer() needs a server of node:http, node:https or node:http2, or an app of Express, Fastify, Koa or Hono",
      );
    },
  );
});
