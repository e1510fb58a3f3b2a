import type { ServerResponse } from "node:http";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Options } from "../src/index.js";
import { collectWarnings, type Core, forgetAll, freshCore } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";

let core: Core;
let warnings: readonly string[];

beforeEach(async () => {
  core = await freshCore();
  warnings = collectWarnings();
});

/** Runs an invocation, whose push this answers. */
async function push(
  answer: Parameters<typeof startReceiver>[0],
  options: (url: string) => Options = (url) => ({ url }),
) {
  const server = await startReceiver(answer);
  const instance = startInstance(core, options(server.url));
  await core.observe(
    instance,
    () => descriptor(),
    async () => 1,
  );
  return { server, instance };
}

const page = (title: string) =>
  `\n<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>Please <b>sign in</b></body></html>`;

describe("a push that is refused for good says what to do, and promises nothing", () => {
  it.each<[string, (response: ServerResponse, path: string) => unknown, string]>([
    [
      "a redirect to https",
      (response, path) =>
        response.writeHead(301, { location: `https://gateway.example${path}` }).end(),
      "HTTP 301; use https://gateway.example as PUSHGATEWAY_URL",
    ],
    [
      "a redirect to another path",
      (response, path) => response.writeHead(308, { location: `/prefix${path}` }).end(),
      "HTTP 308; use URL/prefix as PUSHGATEWAY_URL",
    ],
    [
      "a redirect to a login page",
      (response) =>
        response.writeHead(302, { location: "https://login.example/start?next=x" }).end(),
      "HTTP 302; PUSHGATEWAY_URL redirects to https://login.example/start: use the gateway's own address",
    ],
    [
      "a redirect to nowhere",
      (response) => response.writeHead(307).end(),
      "HTTP 307; PUSHGATEWAY_URL redirects: use the gateway's own address",
    ],
    [
      "a TLS port of Go",
      (response) =>
        response.writeHead(400).end("Client sent an HTTP request to an HTTPS server.\n"),
      "HTTP 400: Client sent an HTTP request to an HTTPS server.; use https:// in PUSHGATEWAY_URL",
    ],
    [
      "a TLS port of nginx",
      (response) =>
        response.writeHead(400).end(page("400 The plain HTTP request was sent to HTTPS port")),
      "HTTP 400: 400 The plain HTTP request was sent to HTTPS port; use https:// in PUSHGATEWAY_URL",
    ],
    [
      "missing credentials",
      (response) => response.writeHead(401).end("Unauthorized\n"),
      "HTTP 401: Unauthorized; set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD, or PUSHGATEWAY_BEARER_TOKEN",
    ],
    [
      "a ban",
      (response) => response.writeHead(403).end(page("403 Forbidden")),
      "HTTP 403: 403 Forbidden; check the credentials",
    ],
    [
      "a wrong path",
      (response) => response.writeHead(404).end("404 page not found\n"),
      "HTTP 404: 404 page not found; check the path in PUSHGATEWAY_URL",
    ],
    [
      "a limit of size",
      (response) => response.writeHead(413).end(page("413 Request Entity Too Large")),
      "HTTP 413: 413 Request Entity Too Large; lower maxSeries, or raise the limit of the gateway's proxy",
    ],
    [
      "a login page with status 200",
      (response) => response.end(page("Sign in")),
      "HTTP 200: Sign in; this is no Pushgateway: check PUSHGATEWAY_URL",
    ],
  ])("%s", async (_, answer, reason) => {
    const { server, instance } = await push((response, { path }) => void answer(response, path));
    expect(warnings).toEqual([
      `prefreeze: push to ${server.url}/ failed: ${reason.replace("URL/", `${server.url}/`)}`,
    ]);
    expect(server.received).toHaveLength(1);
    expect(instance.pusher?.life.acknowledged).toBeUndefined();
    expect(instance.pusher?.life.inDoubt).toBe(false);
  });

  it.each<[string, Options, string]>([
    [
      "a wrong password",
      { username: "user", password: "wrong one" },
      "PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD",
    ],
    ["a wrong bearer token", { bearerToken: "wrong-one" }, "PUSHGATEWAY_BEARER_TOKEN"],
  ])("%s", async (_, options, variables) => {
    const { server } = await push(
      (response) => response.writeHead(401).end(),
      (url) => ({ url, ...options }),
    );
    expect(warnings).toEqual([
      `prefreeze: push to ${server.url}/ failed: HTTP 401; check ${variables}`,
    ]);
  });

  it("while a failure that passes is made good by the next push", async () => {
    const { server } = await push((response) => response.writeHead(503).end("too busy"));
    expect(warnings).toEqual([
      `prefreeze: push to ${server.url}/ failed: HTTP 503: too busy; its data will be in the next push`,
    ]);
  });
});

describe("an answer of a receiver that is no Pushgateway, but takes pushes, is a success", () => {
  it.each([
    [200, ""],
    [202, ""],
    [204, ""],
    [200, "ok\n"],
    [202, '{"status":"success"}'],
  ])("%i %s", async (status, body) => {
    const { instance } = await push((response) =>
      response.writeHead(status).end(body || undefined),
    );
    expect(warnings).toEqual([]);
    expect(instance.pusher?.life.acknowledged).toBeDefined();
  });
});

describe("no warning repeats a credential", () => {
  const password = fc.oneof(
    fc.string({ minLength: 6, maxLength: 40, unit: "grapheme" }),
    fc.string({ minLength: 6, maxLength: 40, unit: fc.constantFrom(..."aB1%&<>\"'/+= \\éß😀") }),
  );
  const writings: Readonly<Record<string, (header: string, password: string) => string>> = {
    "as it is": (_, secret) => secret,
    "percent-encoded": (_, secret) => encodeURIComponent(secret),
    "in JSON": (_, secret) => JSON.stringify({ password: secret }),
    "in HTML": (_, secret) =>
      secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    "in base64": (_, secret) => Buffer.from(secret).toString("base64"),
    "in base64url": (_, secret) => Buffer.from(secret).toString("base64url"),
    "as the header": (header) => header,
    "as the start of the header": (header) => header.slice(0, 16),
    "as the header in lines": (header) => header.replace(/.{8}/g, "$&\r\n "),
    "in a redirect": (_, secret) => secret,
  };

  it.each(Object.keys(writings))("that the answer has %s", async (writing) => {
    const written = writings[writing]!;
    let secret = "";
    const server = await startReceiver((response, { headers }) => {
      const text = written(headers.authorization ?? "", secret);
      if (writing === "in a redirect")
        response.writeHead(302, { location: `/${encodeURIComponent(text)}` }).end();
      else response.writeHead(400).end(`go away with ${text}!`);
    });
    await fc.assert(
      fc.asyncProperty(password, async (text) => {
        secret = text.replace(/\p{Surrogate}/gu, "\ufffd");
        forgetAll(core);
        const instance = startInstance(core, { url: server.url, username: "me", password: secret });
        const before = warnings.length;
        await core.observe(
          instance,
          () => descriptor(),
          async () => 1,
        );
        const all = warnings.slice(before).join();
        expect(all).toContain("failed: HTTP");
        expect(all).not.toContain("go away");
        for (const piece of [
          secret,
          encodeURIComponent(secret),
          btoaOf(`me:${secret}`).slice(0, 12),
        ])
          expect(all).not.toContain(piece);
      }),
      { numRuns: 25 },
    );
  });

  it("although an answer may speak of a bearer token", async () => {
    await push(
      (response) => response.writeHead(401).end("the bearer token has expired"),
      (url) => ({ url, bearerToken: "8f3a9c21d7" }),
    );
    expect(warnings[0]).toContain(
      "HTTP 401: the bearer token has expired; check PUSHGATEWAY_BEARER_TOKEN",
    );
  });

  it("that the error of a transport has", async () => {
    const transport = () =>
      Promise.reject(new Error("cannot reach x", { cause: new Error("user:s3cret-Pw") }));
    const instance = startInstance(core, {
      url: "http://gateway.example",
      password: "s3cret-Pw",
      transport,
    });
    await core.observe(
      instance,
      () => descriptor(),
      async () => 1,
    );
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("failed: (not shown, since it repeats a credential)");
  });
});

function btoaOf(text: string): string {
  return Buffer.from(text).toString("base64");
}
