import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { TransportRequest } from "../src/index.js";
import { collectWarnings, type Core, forgetAll, freshCore } from "./core.js";
import { descriptor, startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";

let core: Core;
let warnings: readonly string[];

beforeEach(async () => {
  core = await freshCore();
  warnings = collectWarnings();
});

const urlsOf = (url: string) =>
  startInstance(core, {}, { env: { PUSHGATEWAY_URL: url } }).settings.gateways.map(
    (gateway) => gateway.url,
  );

describe("an address that cannot be used", () => {
  it.each([
    ["http://user:p@ss/word@host", "has an @ after its host: percent-encode the credentials"],
    ["http://user:12/x@host:9091", "has an @ after its host: percent-encode the credentials"],
    ["http://user:12#x@host:9091", "has an @ after its host: percent-encode the credentials"],
    ["http://user:12?x@host:9091", "has an @ after its host: percent-encode the credentials"],
    ["http://user:12\\x@host:9091", "has an @ after its host: percent-encode the credentials"],
    ["http:/user:secret@host:9091", "has an @ after its host: percent-encode the credentials"],
    ["http://user:50%off@host", "has a % that encodes nothing: write it as %25"],
    ["http://user:a\tb@host", "has a tab or a line break"],
    ["ftp://user:secret@host", "starts with neither http:// nor https://"],
    ["http://user:p/w@host", "is not an address"],
    ["https://", "is not an address"],
  ])("%s: one warning says why, and shows no part of it", (url, reason) => {
    expect(urlsOf(url)).toEqual([]);
    expect(warnings).toEqual([`prefreeze: PUSHGATEWAY_URL ${reason} and is ignored`]);
    expect(core.explain()).not.toMatch(/user|ss.word|host:/);
  });

  it("is left out if another one can be used", () => {
    expect(urlsOf("http://one:9091, http://user:p@ss/word@two")).toEqual(["http://one:9091/"]);
    expect(warnings).toEqual([
      "prefreeze: an address in PUSHGATEWAY_URL or the url option has an @ after its host: percent-encode the credentials and is left out",
    ]);
  });

  it.each(["http://user:12,b/c@host", "http://user:12,b,c/d@host", "user:12,b/c@host"])(
    "does not end at a comma of its password: %s",
    (url) => {
      expect(urlsOf(url)).toEqual([]);
    },
  );
});

describe("the query of an address", () => {
  it.each([
    ["http://one/?token=s3cr3t,part", ["http://one/"]],
    ["one?token=s3cr3t,part,more", ["http://one/"]],
    [
      "http://one/?token=s3cr3t,part,http://two,three:9091",
      ["http://one/", "http://two/", "http://three:9091/"],
    ],
    ["http://one/?token=a@b, http://two/?token=c,d", ["http://two/"]],
  ])("may have commas, and no host is made of it: %s", (url, urls) => {
    expect(urlsOf(url)).toEqual(urls);
  });

  it("goes with every request, and into no message", async () => {
    const server = await startReceiver((response) => response.writeHead(500).end());
    const instance = startInstance(core, { url: `${server.url}/push?token=s3cr3t&tenant=a` });
    await core.observe(
      instance,
      () => descriptor(),
      async () => 1,
    );
    expect(server.received[0]?.path).toBe(
      `/push/metrics/job/checkout/instance/${instance.pusher?.life.id}?token=s3cr3t&tenant=a`,
    );
    expect(warnings.join()).toContain(`push to ${server.url}/push failed`);
    expect(`${warnings.join()}${core.explain()}`).not.toMatch(/s3cr3t/);
  });
});

/** Passwords with the characters that mean something in an address, and any others. */
const hostile = fc
  .string({
    unit: fc.constantFrom(..."@/:?#%\\,[] \t&=+;'\"ab1é😀\ud800"),
    minLength: 1,
    maxLength: 12,
  })
  .map((text) => `${text}!Pw!${text}`);

describe("a password in an address", () => {
  it("as it is reaches no host name and no log; either it is understood, or nothing is sent", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, fc.constantFrom("http://", ""), async (password, scheme) => {
        forgetAll(core);
        const before = warnings.length;
        const hosts: string[] = [];
        const transport = ({ url }: TransportRequest) => {
          hosts.push(new URL(url).host);
          return Promise.resolve({ status: 503, body: "" });
        };
        const url = `${scheme}user:${password}@gateway.example:9091`;
        const instance = startInstance(core, { url, transport, flushTimeoutMs: 5 });
        await core.observe(
          instance,
          () => descriptor(),
          async () => 1,
        );
        expect(hosts.filter((host) => host !== "gateway.example:9091")).toEqual([]);
        expect(`${warnings.slice(before).join()}${core.explain()}`).not.toContain("Pw");
      }),
    );
  });

  it("percent-encoded arrives as it is", async () => {
    const server = await startReceiver();
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const password = text.replace(/\p{Surrogate}/gu, "\ufffd");
        forgetAll(core);
        const url = server.url.replace("//", `//user:${encodeURIComponent(password)}@`);
        const instance = startInstance(core, { url });
        await core.observe(
          instance,
          () => descriptor(),
          async () => 1,
        );
        expect(server.received.at(-1)?.headers.authorization).toBe(
          `Basic ${Buffer.from(`user:${password}`).toString("base64")}`,
        );
      }),
      { numRuns: 30 },
    );
  });
});
