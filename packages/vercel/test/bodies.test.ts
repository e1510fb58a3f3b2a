import { beforeEach, describe, expect, test, vi } from "vitest";
import { fakeClock } from "../../core/test/fake-clock.js";
import { loadOnVercel, useContext } from "./with-context.js";

const { counter, currentInvocation, instrument, records } = await loadOnVercel();
beforeEach(() => void records.splice(0));

const chunksTotal = counter({ name: "chunks_total", help: "Chunks made." });
const encode = (text: string) => new TextEncoder().encode(text);

/** A body that records each of its chunks. `after` decides how it ends. */
function body(
  after: (controller: ReadableStreamDefaultController) => void | Promise<void> = (c) => c.close(),
) {
  let left = 3;
  return new ReadableStream(
    {
      pull(controller) {
        if (left-- === 0) return after(controller);
        chunksTotal.inc();
        return controller.enqueue(encode("x"));
      },
    },
    { highWaterMark: 0 },
  );
}

/** What Vercel's request keeps the function from freezing for. */
function held() {
  const promises: Promise<unknown>[] = [];
  useContext({ waitUntil: (promise: Promise<unknown>) => void promises.push(promise) });
  return promises;
}

describe("a response that is streamed", () => {
  test("is over when its body has ended, and holds the function until then", async () => {
    const promises = held();
    const GET = instrument(async () => new Response(body(), { status: 201, headers: { a: "b" } }));
    const response = await GET();
    expect([response.status, response.headers.get("a")]).toEqual([201, "b"]);
    expect(records).toEqual([]);
    expect(promises).toHaveLength(1);
    expect(await response.text()).toBe("xxx");
    await promises[0];
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
    expect(records[0]!.value("chunks_total")).toBe(3);
  });

  test("records as its own request", async () => {
    void held();
    const seen: unknown[] = [];
    const GET = instrument(async () => {
      const { id } = currentInvocation()!;
      return new Response(
        new ReadableStream(
          {
            async pull(controller) {
              await Promise.resolve();
              seen.push(currentInvocation()?.id === id);
              controller.close();
            },
          },
          { highWaterMark: 0 },
        ),
      );
    });
    const [one, two] = await Promise.all([GET(), GET()]);
    await Promise.all([two.text(), one.text()]);
    expect(seen).toEqual([true, true]);
  });

  test("has failed if its body breaks halfway, and breaks for its reader by the same error", async () => {
    const promises = held();
    const error = new RangeError("cut");
    const GET = instrument(async () => new Response(body((controller) => controller.error(error))));
    await expect((await GET()).text()).rejects.toBe(error);
    await promises[0];
    expect(records).toMatchObject([{ outcome: "failed", errorType: "RangeError" }]);
    expect(records[0]!.value("chunks_total")).toBe(3);
  });

  test("is over when its reader goes away, which its source learns", async () => {
    const promises = held();
    const canceled = vi.fn();
    const source = new ReadableStream({ pull: (c) => c.enqueue(encode("x")), cancel: canceled });
    const GET = instrument(async () => new Response(source));
    const reader = (await GET()).body!.getReader();
    await reader.read();
    await reader.cancel("bored");
    await promises[0];
    expect(canceled).toHaveBeenCalledWith("bored");
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test("is over after a second if nobody reads it", async () => {
    vi.useFakeTimers();
    const promises = held();
    const GET = instrument(async () => new Response(body()));
    await GET();
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    await promises[0];
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test("is over when its reader has asked for nothing for long: servers stop reading if a client has gone", async () => {
    vi.useFakeTimers();
    const promises = held();
    const endless = new ReadableStream({ pull: (c) => c.enqueue(encode("x")) });
    const GET = instrument(async () => new Response(endless));
    const reader = (await GET()).body!.getReader();
    await reader.read();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(records).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    vi.useRealTimers();
    await promises[0];
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test("waits as long as its source takes, if its reader waits", async () => {
    vi.useFakeTimers();
    void held();
    let end = (): void => undefined;
    const source = new ReadableStream({ start: (c) => void (end = () => c.close()) });
    const GET = instrument(async () => new Response(source));
    const text = (await GET()).text();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(records).toEqual([]);
    end();
    vi.useRealTimers();
    expect(await text).toBe("");
    await vi.waitFor(() => expect(records).toHaveLength(1));
  });

  test("times out at the deadline, and goes on", async () => {
    const clock = fakeClock();
    useContext({ waitUntil: () => undefined, deadline: Date.now() + 2_000 });
    const slow = async (controller: ReadableStreamDefaultController) => {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      controller.close();
    };
    const GET = instrument(async () => new Response(body(slow)));
    const text = (await GET()).text();
    await clock.pass(1_800);
    expect(records).toMatchObject([{ outcome: "timedOut" }]);
    await clock.pass(2_000);
    expect(await text).toBe("xxx");
    expect(records).toHaveLength(1);
  });
});

class Own extends Response {}

/** Also those that a copy would not be equal to, as those of Next.js. */
describe.each([
  ["that is held by waitUntil", (from: ReadableStream) => new Response(from)],
  ["of a class of its own", (from: ReadableStream) => new Own(from)],
  [
    "with something on it",
    (from: ReadableStream) => Object.assign(new Response(from), { mark: 1 }),
  ],
])("a streamed response %s", (_, make) => {
  const sink = (written: unknown[] = [], fail?: unknown) =>
    new WritableStream({
      write(chunk) {
        if (fail) throw fail;
        written.push(chunk);
      },
    });
  async function respond(from = body()) {
    const promises = held();
    const response = make(from);
    const GET = instrument(async () => response);
    expect(await GET()).toBe(response);
    expect(records).toEqual([]);
    return { response, over: () => promises[0] };
  }

  test.each([
    ["as a text", (response: Response) => response.text()],
    [
      "by a reader",
      async ({ body }: Response) => {
        const reader = body!.getReader();
        while (!(await reader.read()).done);
      },
    ],
    [
      "by iteration",
      async ({ body }: Response) => {
        for await (const chunk of body as AsyncIterable<unknown>)
          expect(chunk).toEqual(encode("x"));
      },
    ],
    [
      "through a pipe",
      async ({ body }: Response) => {
        const written: unknown[] = [];
        await body!.pipeTo(sink(written));
        expect(written).toHaveLength(3);
      },
    ],
    [
      "beside a clone of it",
      async (response: Response) => {
        const parts = [response.clone(), response];
        expect(await Promise.all(parts.map((part) => part.text()))).toEqual(["xxx", "xxx"]);
      },
    ],
  ])("is itself, and is over when it was read to its end %s", async (_, read) => {
    const { response, over } = await respond();
    await read(response);
    await over();
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
    expect(records[0]!.value("chunks_total")).toBe(3);
  });

  // From Node.js 24 on, a pipe runs the code of the body as whoever reads its end, bare as well: what that code records
  // then goes to the totals.
  test("is itself, and is over when it was read to its end through a transformation", async () => {
    const { response, over } = await respond();
    const { body } = response;
    expect(await new Response(body!.pipeThrough(new TransformStream())).text()).toBe("xxx");
    await over();
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test.each([
    ["by a reader", ({ body }: Response) => body!.getReader().cancel()],
    ["at once", ({ body }: Response) => body!.cancel()],
    [
      "by the end of an iteration",
      async ({ body }: Response) => {
        for await (const _ of body as AsyncIterable<unknown>) break;
      },
    ],
    [
      "by a destination that fails",
      async ({ body }: Response) => {
        const error = new Error("gone");
        await expect(body!.pipeTo(sink([], error))).rejects.toBe(error);
      },
    ],
    [
      "in both parts",
      async (response: Response) => {
        await Promise.all([response.clone().body!.cancel(), response.body!.cancel()]);
      },
    ],
  ])("is over when it is left %s", async (_, leave) => {
    const { response, over } = await respond();
    await leave(response);
    await over();
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test.each([
    ["as a text", (response: Response) => response.text()],
    ["as a clone", (response: Response) => response.clone().text()],
    ["through a pipe", ({ body }: Response) => body!.pipeTo(sink())],
  ])("has failed if it breaks while it is read %s", async (_, read) => {
    const error = new RangeError("cut");
    const { response, over } = await respond(body((controller) => controller.error(error)));
    await expect(read(response)).rejects.toBe(error);
    await over();
    expect(records).toMatchObject([{ outcome: "failed", errorType: "RangeError" }]);
  });

  test("is over if neither it nor its clone is read", async () => {
    const clock = fakeClock();
    const { response, over } = await respond();
    response.clone();
    await clock.pass(1_000);
    await over();
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });

  test("without waitUntil ends once it is counted", async () => {
    useContext(undefined);
    const GET = instrument(async () => make(body()));
    const response = await GET();
    expect(await response.text()).toBe("xxx");
    expect(records).toHaveLength(1);
  });
});

describe("a response that is not streamed", () => {
  test.each<[string, () => Response]>([
    ["of a text", () => new Response("text")],
    ["of JSON", () => Response.json({})],
    ["of bytes", () => new Response(encode("bytes"))],
    ["without a body", () => new Response(null, { status: 204 })],
    ["of a class of its own", () => new Own("text", {})],
    ["a redirect", () => Response.redirect("https://example.com/", 302)],
    ["an error", () => Response.error()],
  ])("is the handler's own, and is over when the handler returns: %s", async (_, make) => {
    void held();
    const response = make();
    const GET = instrument(async () => response);
    expect(await GET()).toBe(response);
    expect(records).toMatchObject([{ outcome: "succeeded" }]);
  });
});
