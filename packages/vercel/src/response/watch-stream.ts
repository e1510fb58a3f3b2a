import type { WatchedBody } from "@prefreeze/core/adapter";
import { isOfBytes } from "./streamed-body.js";

type Chunk = { readonly done?: boolean | undefined };
type Method = (...args: unknown[]) => unknown;

/**
 * Watches the body of a response that cannot be copied, by the methods with which its stream is read. They become
 * its own properties, and return what they would.
 *
 * @param run runs the code of the body
 * @param beforeEnd the reader learns of the end once this has resolved; by default at once
 */
export function watchStream(
  body: ReadableStream<unknown>,
  run: <R>(code: () => R) => R,
  beforeEnd?: () => Promise<unknown>,
): Omit<WatchedBody, "response"> {
  let begun = false;
  let teed = false;
  /** The parts of a stream read its first chunk before anybody asks for it. */
  let unasked = false;
  let idleSinceMs = performance.now();
  let settle: { resolve(canceled: boolean): void; reject(error: unknown): void };
  const over = new Promise<boolean>((resolve, reject) => (settle = { resolve, reject }));
  const fail = (error: unknown) => settle.reject(error);

  /** @param make makes the new method, from the one that does the work */
  const replace = (target: object, name: string | symbol, make: (work: Method) => Method) => {
    const method = Reflect.get(target, name) as Method | undefined;
    // Not every runtime has them all.
    if (!method) return;
    const work: Method = (...args) => run(() => Reflect.apply(method, target, args));
    const value = make(work);
    Reflect.defineProperty(target, name, { value, writable: true, configurable: true });
  };
  const next = (work: Method) => (): unknown => {
    begun = !unasked;
    unasked = false;
    idleSinceMs = Infinity;
    const chunk = work() as Promise<Chunk>;
    const passed = beforeEnd
      ? chunk.then(async (read) => {
          if (read.done) {
            settle.resolve(false);
            await beforeEnd();
          }
          return read;
        })
      : chunk;
    chunk.then(({ done }) => {
      idleSinceMs = performance.now();
      if (done) settle.resolve(false);
    }, fail);
    return passed;
  };
  const leave = (work: Method) => (reason: unknown) => {
    settle.resolve(true);
    return work(reason);
  };

  replace(body, "cancel", leave);
  replace(body, "getReader", (work) => (...args) => {
    const reader = work(...args) as object;
    replace(reader, "read", next);
    replace(reader, "cancel", leave);
    return reader;
  });
  for (const name of ["values", Symbol.asyncIterator]) {
    replace(body, name, (work) => (...args) => {
      const chunks = work(...args) as object;
      replace(chunks, "next", next);
      replace(chunks, "return", leave);
      return chunks;
    });
  }
  replace(body, "tee", () => () => {
    teed = true;
    unasked = !begun;
    const type = isOfBytes(body) ? "bytes" : undefined;
    return passedOn(body.getReader(), type).tee();
  });
  replace(body, "pipeTo", (work) => (...args) => {
    begun = true;
    idleSinceMs = Infinity;
    const piped = work(...args) as Promise<void>;
    piped.then(
      () => settle.resolve(false),
      () => endOf(body).then(() => settle.resolve(true), fail),
    );
    return piped;
  });
  replace(body, "pipeThrough", () => (...args) => {
    const [{ writable, readable }, options] = args as Parameters<typeof body.pipeThrough>;
    body.pipeTo(writable, options).catch(() => undefined);
    return readable;
  });
  return {
    over,
    left: () => settle.resolve(true),
    isRead: () => (begun ? body.locked : (body.locked && !teed) || undefined),
    idleMs: () => Math.max(performance.now() - idleSinceMs, 0),
  };
}

/** What a reader reads, as another stream: `tee` itself reads without the methods that are watched. */
function passedOn(
  reader: ReadableStreamDefaultReader<unknown>,
  type: "bytes" | undefined,
): ReadableStream<unknown> {
  return new ReadableStream<unknown>(
    {
      type: type as undefined,
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Resolves if a stream was canceled, as one whose destination failed is; rejects with its own error. */
async function endOf(body: ReadableStream<unknown>): Promise<void> {
  if (body.locked) return;
  const reader = ReadableStream.prototype.getReader.call(body);
  const { closed } = reader;
  reader.releaseLock();
  await closed.catch((error: unknown) => {
    // Of a stream that can go on, by `preventCancel`.
    if (!(error instanceof TypeError)) throw error;
  });
}
