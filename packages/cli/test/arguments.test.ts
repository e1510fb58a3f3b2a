import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duration } from "../src/arguments/duration.js";
import { listenAddress } from "../src/arguments/listen-address.js";
import { readPushgateways } from "../src/arguments/pushgateway-option.js";
import { wholeNumber } from "../src/arguments/whole-number.js";
import { WrongInput } from "../src/arguments/wrong-input.js";

describe("a duration", () => {
  const parse = duration(10, 3_600_000);

  test.each([
    ["500ms", 500],
    ["1s", 1000],
    ["15s", 15_000],
    ["1.5s", 1500],
    ["2m", 120_000],
    ["1h", 3_600_000],
  ])("%s is %i ms", (text, milliseconds) => {
    expect(parse(text)).toBe(milliseconds);
  });

  test.each(["", "1", "s", "1 s", "-1s", "1S", "1e3ms", "1s1s", "Infinitys", "9ms", "61m", "0s"])(
    "%j is refused with an example and the range",
    (text) => {
      expect(() => parse(text)).toThrow("as in 500ms, 15s or 1m, from 10ms to 1h.");
    },
  );

  test("of whole milliseconds is the same in each unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 3_600_000 }), (milliseconds) => {
        expect(parse(`${milliseconds}ms`)).toBe(milliseconds);
        expect(parse(`${(milliseconds / 1000).toFixed(3)}s`)).toBe(milliseconds);
      }),
    );
  });
});

describe("an address to listen on", () => {
  test.each([
    ["127.0.0.1:9092", "127.0.0.1", 9092],
    ["localhost:0", "localhost", 0],
    ["[::1]:9092", "::1", 9092],
    [":9092", "::", 9092],
  ])("%s", (text, host, port) => {
    expect(listenAddress(text)).toEqual({ host, port });
  });

  test.each(["", "9092", "localhost", "::1:9092", "host:", "host:65536", "http://host:1", "a b:1"])(
    "%j is refused with an example",
    (text) => {
      expect(() => listenAddress(text)).toThrow("as in 127.0.0.1:9092, [::1]:9092 or :9092.");
    },
  );
});

describe("a whole number", () => {
  const parse = wholeNumber(1, 1_000_000);

  test("may have its thousands apart", () => {
    expect([parse("10000"), parse("10_000"), parse("10,000")]).toEqual([10_000, 10_000, 10_000]);
  });

  test.each(["", "0", "1000001", "1.5", "1e3", "-1", "10_00", "0x10"])("%j is refused", (text) => {
    expect(() => parse(text)).toThrow("Give a whole number from 1 to 1000000.");
  });
});

describe("PUSHGATEWAY_URL is read as functions read it:", () => {
  const read = (PUSHGATEWAY_URL: string) => readPushgateways({}, { PUSHGATEWAY_URL });
  const basic = (both: string) => ({
    authorization: `Basic ${Buffer.from(both).toString("base64")}`,
  });

  test.each([
    ["", [{ url: "http://127.0.0.1:9091", headers: {} }]],
    [" , ", [{ url: "http://127.0.0.1:9091", headers: {} }]],
    ["push.internal:9091/", [{ url: "http://push.internal:9091", headers: {} }]],
    [
      "http://a:b%2Fc@push/x/, https://other",
      [
        { url: "http://push/x", headers: basic("a:b/c") },
        { url: "https://other", headers: {} },
      ],
    ],
    ["http://a:b,c@push", [{ url: "http://push", headers: basic("a:b,c") }]],
    ["http://push/x?token=abc", [{ url: "http://push/x", query: "?token=abc", headers: {} }]],
  ])("%j", async (text, pushgateways) => {
    expect(await read(text)).toEqual(pushgateways);
  });

  test.each([
    ["http://user:12/hush@push:9091", "has an @ after its host: percent-encode the credentials"],
    ["http://user:hu%ZZsh@push", "has a % that encodes nothing: write it as %25"],
    ["http://user:hu/sh@push", "is not an address"],
    ["ftp://user:hush@push", "starts with neither http:// nor https://"],
  ])("%j is refused, and not repeated", async (text, why) => {
    await expect(read(text)).rejects.toThrow(
      new WrongInput(`PUSHGATEWAY_URL ${why}: give it as in http://127.0.0.1:9091`),
    );
  });
});
