import { describe, expect, it } from "vitest";
import { isInDoubt, isOverload, isRefusal } from "../src/target/push-error.js";
import { fetchTransport } from "../src/adapter.js";
import { hardenErrors } from "./harden-errors.js";
import { pushgateway, type PushgatewayOptions } from "./internals.js";
import { startReceiver } from "./receiver.js";

const path = "/metrics/job/checkout/instance/one";

/** The error of a push that fails. */
async function failureOf(
  options: Partial<PushgatewayOptions>,
  controller = new AbortController(),
): Promise<unknown> {
  const target = pushgateway({
    url: "http://127.0.0.1:9",
    transport: () => expect.unreachable("the transport was called"),
    ...options,
  });
  return target.send("PUT", path, "a 1\n", controller).then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error,
  );
}

it("tells the status of a refusal where nobody can assign a name to an error", async () => {
  hardenErrors();
  const transport = () => Promise.resolve({ status: 410, headers: {}, body: "" });
  const error = await failureOf({ transport });
  expect(error).toMatchObject({ name: "PushError", status: 410 });
  expect(isRefusal(error)).toBe(true);
});

describe("a push is not in doubt", () => {
  it("if headers() rejects, whatever its error says", async () => {
    const closed = Object.freeze(Object.assign(new Error("vault"), { status: 503 }));
    for (const reason of [closed, "a string", undefined, new Error("x", { cause: closed })]) {
      const error = await failureOf({
        headers: () => Promise.reject(reason),
      });
      expect(isInDoubt(error)).toBe(false);
    }
  });

  it("if headers() throws, or returns a header that HTTP forbids", async () => {
    const error = await failureOf({
      headers: () => {
        throw new Error("no vault");
      },
    });
    expect(String(error)).toContain("no vault");
    expect(isInDoubt(error)).toBe(false);
    for (const headers of [{ "x-key": "\n" }, { "no name": "1" }])
      expect(isInDoubt(await failureOf({ headers }))).toBe(false);
  });

  it("if it is given up while headers() hangs", async () => {
    const controller = new AbortController();
    const failure = failureOf({ headers: () => new Promise(() => undefined) }, controller);
    controller.abort();
    expect(isInDoubt(await failure)).toBe(false);
  });

  it("if the transport throws before it returns a promise", async () => {
    const transport = () => {
      throw new Error("no proxy is configured");
    };
    const error = await failureOf({ transport });
    expect(String(error)).toContain("no proxy is configured");
    expect(isInDoubt(error)).toBe(false);
  });

  it("if the transport says that nothing was sent", async () => {
    const transport = () =>
      Promise.reject(Object.assign(new Error("no tunnel"), { nothingSent: true }));
    expect(isInDoubt(await failureOf({ transport }))).toBe(false);
  });

  it.each(["http://127.0.0.1:0x", "http://127.0.0.1:99999"])(
    "if fetch cannot make a request of the address %s",
    async (url) => {
      expect(isInDoubt(await failureOf({ url, transport: fetchTransport }))).toBe(false);
    },
  );

  it.each([
    { code: "CERT_HAS_EXPIRED" },
    { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    { code: "SELF_SIGNED_CERT_IN_CHAIN" },
    { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    { code: "UND_ERR_CONNECT_TIMEOUT" },
    { code: "ETIMEDOUT", syscall: "connect" },
    { code: "ENOTFOUND", syscall: "getaddrinfo" },
  ])("if a connection fails with %j, also as the cause of another error", (error) => {
    expect(isInDoubt(error)).toBe(false);
    expect(isInDoubt(new TypeError("fetch failed", { cause: error }))).toBe(false);
  });
});

describe("a push is in doubt", () => {
  it.each([
    new Error("unknown"),
    undefined,
    "a string",
    { nothingSent: "perhaps" },
    { code: "ECONNRESET", syscall: "read" },
    { code: "EHOSTUNREACH", syscall: "write" },
    { code: "ETIMEDOUT" },
    { code: "UND_ERR_SOCKET" },
    { status: 502 },
  ])("if it fails with %j", (error) => {
    expect(isInDoubt(error)).toBe(true);
  });

  it("if its error throws when it is read", () => {
    const error = {
      get status() {
        throw new Error("mine");
      },
    };
    expect([isInDoubt(error), isRefusal(error), isOverload(error)]).toEqual([true, false, false]);
  });

  it("if the causes of its error form a circle", () => {
    const error = new Error("round");
    error.cause = error;
    expect(isInDoubt(error)).toBe(true);
  });

  it("if fetch is aborted after it was sent", async () => {
    const controller = new AbortController();
    const { url } = await startReceiver(() => controller.abort());
    expect(isInDoubt(await failureOf({ url, transport: fetchTransport }, controller))).toBe(true);
  });
});
