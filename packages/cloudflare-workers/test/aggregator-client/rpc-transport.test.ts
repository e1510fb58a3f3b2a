import { expect, test } from "vitest";
import { rpcTransport, shardAddresses } from "../../src/aggregator-client/rpc-transport.js";

/** Pushes to an object whose calls end so. */
function pushTo(take: () => Promise<{ status: number; body: string }>) {
  const controller = new AbortController();
  return rpcTransport({ idFromName: (name) => name, get: () => ({ take }) })({
    method: "PUT",
    url: `${shardAddresses(1)[0]}/metrics/job/shop/instance/a`,
    headers: {},
    body: "",
    timeoutMs: 1_000,
    signal: controller.signal,
    controller,
  });
}

test("an object that is overloaded has answered 503, so pushes become less frequent", async () => {
  const overloaded = Object.assign(new Error("Durable Object is overloaded."), {
    overloaded: true,
  });
  expect(await pushTo(() => Promise.reject(overloaded))).toEqual({
    status: 503,
    body: "Durable Object is overloaded.",
  });
});

test("nobody knows whether an object that threw took the push, whatever it threw", async () => {
  const thrown = Object.assign(new Error("broken"), { status: 404, nothingSent: true });
  await expect(pushTo(() => Promise.reject(thrown))).rejects.toEqual(new Error("broken"));
  const error: unknown = await pushTo(() => Promise.reject(thrown)).catch((error) => error);
  expect(Object.keys(error as object)).toEqual([]);
});
