import { WebSocket } from "undici";
import { describe, expect, test } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import type { Worker } from "../../../test/workers/worker.js";
import { runWorker, warnings } from "./run-worker.js";

const gateway = useGateway();
const { shown } = gateway;

const objects = {
  ROOM: "MeasuredRoom",
  BARE: "Bare",
  PLAIN: "MeasuredPlain",
  ARROW: "MeasuredArrow",
  AROUND: "MeasuredAround",
  OUTSIDE: "MeasuredOutside",
  ONCE: "MeasuredOnce",
  DERIVED: "Derived",
  EMPTY: "Empty",
  MEASURED_DERIVED: "MeasuredDerived",
};
const start = (nodejsCompat: boolean | "nodejs_als" = true) =>
  runWorker("class-events.ts", { gateway, nodejsCompat, objects });

/** How many invocations of each trigger have succeeded, and how many have failed. */
const counted = async () => ({
  http: await shown("faas_invocations_total", { faas_trigger: "http" }),
  timer: await shown("faas_invocations_total", { faas_trigger: "timer" }),
  pubsub: await shown("faas_invocations_total", { faas_trigger: "pubsub" }),
  other: await shown("faas_invocations_total", { faas_trigger: "other" }),
  failed: await shown("faas_errors_total"),
});
const eventuallyCounted = (expected: Partial<Awaited<ReturnType<typeof counted>>>) =>
  expect.poll(counted, { timeout: 10_000 }).toMatchObject(expected);

describe.each([true, false])("with nodejsCompat %s", { timeout: 60_000 }, (nodejsCompat) => {
  test("a default export that is a class has all its handlers counted", async () => {
    const worker = await start(nodejsCompat);
    expect(await worker.scheduled()).toBe("ok");
    expect(await worker.scheduled("throw")).toBe("exception");
    const queued = await worker.queue(["a", "b"]);
    expect(queued.retryMessages.map(({ msgId }) => msgId)).toEqual(["message-0"]);
    await worker.email("somebody@example.com");
    expect((await worker.fetch("/throw")).status).toBe(500);
    await eventuallyCounted({ timer: 1, pubsub: 2, failed: 2 });
    expect(await shown("orders_total", { plan: "by class" })).toBe(3);
    expect(await shown("faas_batch_item_failures_total")).toBe(1);
    expect(await shown("faas_errors_total", { faas_trigger: "http" })).toBe(1);
    expect(await shown("faas_errors_total", { faas_trigger: "timer" })).toBe(1);
  });

  test("a Worker and its own object are counted once each", async () => {
    const worker = await start(nodejsCompat);
    await Promise.all([0, 1, 2, 3].map(() => worker.fetch("/ROOM")));
    await eventuallyCounted({ http: 8, failed: 0 });
  });

  test("a measured app inside measured classes is a part of their calls", async () => {
    const worker = await start(nodejsCompat);
    const answers = await Promise.all(
      [0, 1, 2, 3].flatMap(() => [worker.fetch("/app"), worker.fetch("/ROOM/app")]),
    );
    expect(await Promise.all(answers.map((answer) => answer.text()))).toContain("app /app");
    await eventuallyCounted({ http: 12, failed: 0 });
    expect(await shown("orders_total", { plan: "app" })).toBe(8);
  });

  test("a measured app inside an object that is not counts its concurrent calls", async () => {
    const worker = await start(nodejsCompat);
    await Promise.all([0, 1, 2, 3].map(() => worker.fetch("/BARE")));
    await eventuallyCounted({ http: 8, failed: 0 });
    expect(await shown("orders_total", { plan: "app" })).toBe(4);
  });

  test("each message and end of a hibernatable WebSocket is an invocation", async () => {
    const { worker, socket, greeting, sockets } = await greeted(nodejsCompat);
    expect(greeting).toBe("hello 1 of 1");
    socket.send("throw");
    socket.send("again");
    expect(await nextText(socket)).toBe("again 3 of 1");
    await expect.poll(() => worker.logs(), { timeout: 10_000 }).toContain("misheard");
    socket.close(1000, "bye");
    // The Worker's request and the object's for each socket, two messages and the end.
    await eventuallyCounted({ http: 2 * sockets, other: 3, failed: 1 });
    expect(await shown("orders_total", { plan: "message" })).toBe(3);
    expect(await shown("orders_total", { plan: "left" })).toBe(1);
  });

  test.each([
    ["PLAIN", "that extends nothing", "value"],
    ["ARROW", "whose handler is a property of the object", "arrow"],
    ["AROUND", "in another wrapper", "inside"],
    ["OUTSIDE", "around which is another wrapper", "inside"],
    ["EMPTY", "that extends a measured one and adds nothing", "3 Empty true"],
    ["ONCE", "that is measured twice", "base /"],
    [
      "MEASURED_DERIVED",
      "between which and its base is a measured one",
      "derived base / derived base",
    ],
  ])("%s, a class %s, counts each request once", async (binding, _, text) => {
    const worker = await start(nodejsCompat);
    expect(await (await worker.fetch(`/${binding}`)).text()).toBe(text);
    await eventuallyCounted({ http: 2, failed: 0 });
    expect(await shown("faas_invocations_total", { faas_trigger: "other" })).toBe(undefined);
    expect(warnings(worker)).toEqual([]);
  });

  test.each([
    ["AROUND", "text", "inside"],
    ["OUTSIDE", "text", "inside"],
    ["ARROW", "text", "arrow"],
    ["DERIVED", "inherited", "derived base"],
    ["MEASURED_DERIVED", "inherited", "derived base"],
  ])("%s counts each call of its method %s", async (binding, method, text) => {
    const worker = await start(nodejsCompat);
    expect(await (await worker.fetch(`/${binding}/${method}`)).text()).toBe(text);
    await eventuallyCounted({ http: 1, other: 1, failed: 0 });
  });
});

describe("a class that extends a measured one", { timeout: 60_000 }, () => {
  test.each([true, "nodejs_als"] as const)(
    "with nodejsCompat %s counts each call once, and no calls of itself",
    async (nodejsCompat) => {
      const worker = await start(nodejsCompat);
      const answer = await worker.fetch("/DERIVED");
      expect(await answer.text()).toBe("derived base / derived base");
      await eventuallyCounted({ http: 2, other: undefined, failed: 0 });
    },
  );

  test("without AsyncLocalStorage counts calls of itself that follow an await, too", async () => {
    const worker = await start(false);
    await worker.fetch("/DERIVED");
    await eventuallyCounted({ http: 2, other: 1, failed: 0 });
  });
});

describe("an object", { timeout: 60_000 }, () => {
  test("that cannot be made counts nothing, and its caller sees the error", async () => {
    const worker = await start();
    await worker.fetch("/ROOM/break");
    expect((await worker.fetch("/ROOM")).status).toBe(500);
    expect(worker.logs()).toContain("cannot be made");
    // The Worker's two requests.
    await eventuallyCounted({ failed: 2 });
    expect(await shown("faas_invocations_total")).toBe(0);
  });
});

/**
 * A Worker whose object has answered the first message of a socket. Now and then workerd drops a new socket by itself
 * before the object has heard anything (code 1006); then another Worker is started.
 */
async function greeted(nodejsCompat: boolean) {
  for (let sockets = 1; ; sockets++) {
    const worker = await start(nodejsCompat);
    const socket = await connect(worker);
    socket.send("hello");
    const greeting = await nextText(socket);
    if (greeting !== DROPPED || sockets === 5) return { worker, socket, greeting, sockets };
  }
}

async function connect(worker: Worker): Promise<WebSocket> {
  const socket = new WebSocket(new URL("/ROOM", worker.url.replace("http", "ws")));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  return socket;
}

const DROPPED = "closed with code 1006";

/** The next text that the object sends, or how the socket is closed before. */
function nextText(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true });
    socket.addEventListener("close", ({ code }) => resolve(`closed with code ${code}`), {
      once: true,
    });
  });
}
