import fc from "fast-check";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startWorker, type Worker } from "../../../test/workers/worker.js";
import { rawRequest, type RawOptions } from "./raw-request.js";
import { fixture, runWorker } from "./run-worker.js";

const gateway = useGateway();
const { shown, eventually } = gateway;

/** Answers in chunks; a path `/cut` in the middle of one, and `/length` with a `content-length`. */
const origin = createServer((request, response) => {
  response.sendDate = false;
  const { url } = request;
  if (url === "/length") response.end("as long as it says");
  if (url === "/moved") response.writeHead(307, { location: "/" }).end();
  if (response.writableEnded) return;
  if (url === "/events") response.setHeader("content-type", "text/event-stream");
  response.write("one;");
  setTimeout(() => {
    response.write("two;");
    if (url === "/cut") response.destroy();
    else response.end();
  }, 30);
});
const from = (path: string) => `http://127.0.0.1:${(origin.address() as AddressInfo).port}${path}`;

/** The bodies of the fixture, and how their responses differ. */
const PATHS = `
  none
  text
  pulled
  pulled ahead
  pulled on demand
  several at once
  at its start
  empty
  empty chunks
  views
  large
  many
  of bytes
  into a buffer
  TransformStream
  IdentityTransformStream
  FixedLengthStream
  TextEncoderStream
  compressed
  generated
  teed
  of text
  of numbers
  that throws
  that throws at once
  that fails with a text
  whose writer aborts
  that is locked
  used
  clone
  marked
  error
  redirect
  pulled?status=404
  pulled?status=500&words=Odd
  none?status=204
  none?status=304
  pulled?type=text/event-stream
  pulled?length=32
  pulled?length=5
  pulled?page
  pulled?encoding=gzip
  pulled?encoding=gzip&manual
  pulled?manual
`
  .trim()
  .split(/\s*\n\s*/);

let bare: Worker;
let wrapped: Worker;
beforeAll(async () => {
  await new Promise<void>((listening) => void origin.listen(0, "127.0.0.1", listening));
  const entry = fixture("bodies.mjs");
  bare = await startWorker({ entry, nodejsCompat: true, bindings: { BARE: "1" } });
  wrapped = await startWorker({ entry, nodejsCompat: true });
}, 60_000);
afterAll(async () => {
  origin.closeAllConnections();
  origin.close();
  await Promise.all([bare.stop(), wrapped.stop()]);
});

/** What the client reads, and what the source of the body saw, from both Workers. */
async function both(path: string, options?: RawOptions) {
  const ofWorker = async ({ url }: Worker) => {
    const bytes = await rawRequest(url, path, options);
    const seen = async () => (await (await fetch(`${url}seen`)).json()) as string[];
    return { bytes, seen: await seen() };
  };
  return { bare: await ofWorker(bare), wrapped: await ofWorker(wrapped) };
}

describe("a response", { timeout: 3_000 }, () => {
  test.each(PATHS)("%s is byte for byte what the bare handler's is", async (path) => {
    const { bare, wrapped } = await both(`/${path}`);
    expect(wrapped).toEqual(bare);
  });
  test(
    "of random chunks is byte for byte what the bare handler's is",
    { timeout: 60_000 },
    async () => {
      const equal = async (seed: number) => {
        const { bare, wrapped } = await both(`/random?seed=${seed}`);
        expect(wrapped.bytes).toBe(bare.bytes);
      };
      await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), equal), {
        numRuns: 100,
      });
    },
  );
  test.each(["/", "/cut", "/length", "/moved", "/events"])(
    "passed through from an origin's %s is byte for byte what the bare handler's is",
    async (path) => {
      const { bare, wrapped } = await both(`/through?from=${from(path)}`);
      expect(wrapped).toEqual(bare);
    },
  );
  test.each(["none", "text", "pulled", "that throws", "IdentityTransformStream"])(
    "%s to HEAD is what the bare handler's is",
    async (path) => {
      const { bare, wrapped } = await both(`/${path}`, { method: "HEAD" });
      expect(wrapped).toEqual(bare);
    },
  );
  test("returned a second time fails as it does without instrument()", async () => {
    await both("/twice");
    const { bare, wrapped } = await both("/twice");
    expect(bare.bytes).toContain("500");
    expect(wrapped).toEqual(bare);
  });
});

describe("an invocation", { timeout: 30_000 }, () => {
  const run = () => runWorker("bodies.mjs", { gateway });
  const succeeded = () => shown("faas_invocations_total", { faas_trigger: "http" });

  test("ends with the body, and has lasted as long", async () => {
    const { url } = await run();
    await rawRequest(url, "/pulled");
    await eventually("faas_invocations_total", { faas_trigger: "http" }).toBe(1);
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThan(0.02);
    expect(await shown("faas_errors_total")).toBe(0);
    expect(await shown("faas_canceled_total", { faas_trigger: "http" })).toBe(0);
  });

  test("whose body fails has failed by the error of the body, once", async () => {
    const { url } = await run();
    await rawRequest(url, "/that throws");
    await eventually("faas_errors_total", { error_type: "RangeError" }).toBe(1);
    expect(await succeeded()).toBe(0);
  });

  test("with the status 500 has failed when its body has ended", async () => {
    const { url } = await run();
    await rawRequest(url, "/pulled?status=500");
    await eventually("faas_errors_total", { error_type: "500" }).toBe(1);
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeGreaterThan(0.02);
  });

  test("has what its body recorded", async () => {
    const { url } = await run();
    await rawRequest(url, "/recorded");
    await eventually("faas_invocations_total").toBe(1);
    expect(await shown("orders_total", { plan: "before" })).toBe(1);
    expect(await shown("orders_total", { plan: "in the body" })).toBe(3);
  });

  test.each(["endless", "endless TransformStream"])(
    "whose client goes away while its body is %s has succeeded, and was canceled",
    async (path) => {
      const { url } = await run();
      await rawRequest(url, `/${path}`, { leavesAfter: 300 });
      await eventually("faas_canceled_total").toBe(1);
      expect(await succeeded()).toBe(1);
      expect(await shown("faas_errors_total")).toBe(0);
      await expect.poll(async () => (await fetch(`${url}seen`)).text()).toMatch(/cancel|writer/);
    },
  );

  test.each(["late", "idle", "endless"])(
    "whose caller, another Worker, goes away from %s was canceled, since the runtime tells",
    async (path) => {
      const caller = await runWorker("leaving-caller.mjs", {
        gateway,
        services: { BODIES: fixture("bodies.mjs") },
        compatibilityFlags: ["enable_request_signal"],
      });
      expect(await (await caller.fetch(`/${path}`)).text()).toBe("gone");
      await eventually("faas_canceled_total").toBe(1);
      expect(await succeeded()).toBe(1);
      expect(await shown("faas_errors_total")).toBe(0);
    },
  );

  test("pushes what it has recorded while its body goes on", async () => {
    const { url } = await run();
    const controller = new AbortController();
    const { body } = await fetch(`${url}recorded?idle`, { signal: controller.signal });
    await eventually("orders_total", { plan: "before" }).toBe(1);
    expect((await gateway.instances()).length).toBe(1);
    expect(await shown("faas_invoke_duration_seconds_count")).toBeUndefined();
    controller.abort();
    await body?.cancel().catch(() => undefined);
  });

  test("whose body the runtime streams without JavaScript ends when the handler returns", async () => {
    const { url } = await run();
    await rawRequest(url, "/slow IdentityTransformStream");
    await eventually("faas_invoke_duration_seconds_count").toBe(1);
    expect(await shown("faas_invoke_duration_seconds_sum")).toBeLessThan(0.3);
  });
});
