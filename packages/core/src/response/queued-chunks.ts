/** Little enough to be of no account beside the buffers of a connection: the source may be this far ahead. */
const MOST_BYTES = 16_384;

/** What a stream's reader reads. */
interface Chunk {
  readonly done: boolean;
  readonly value?: unknown;
}

/** The runtime takes two microtasks to read a chunk that is queued. */
const MICROTASKS = 3;

interface Read {
  readonly result: Promise<Chunk>;
  queued: boolean;
}

/**
 * Passes on all chunks that a stream has queued, so that the runtime can send them together as it does if it reads
 * the stream itself. A chunk that is not there yet is passed on alone, and none is asked for ahead of it.
 *
 * @param read reads a chunk
 * @returns to be called for each read of the reader; resolves with `true` at the end of the stream
 */
export function queuedChunks(
  read: () => Promise<Chunk>,
): (pass: (chunk: unknown) => void) => Promise<boolean> {
  let ahead: Read | undefined;
  const begin = (): Read => {
    const begun: Read = { result: read(), queued: false };
    // An error waits for the next call, since it would take the chunks with it that are not sent yet.
    begun.result.then(
      () => void (begun.queued = true),
      () => undefined,
    );
    return begun;
  };
  return async (pass) => {
    let left = MOST_BYTES;
    let queued: boolean;
    do {
      const current: Read = ahead ?? begin();
      ahead = undefined;
      queued = await isQueued(current);
      const { done, value } = await current.result;
      if (done) return true;
      pass(value);
      // An empty chunk counts, too.
      left -= 1 + ((value as Partial<ArrayBuffer> | undefined)?.byteLength ?? 0);
      if (queued && left > 0) ahead = begin();
    } while (ahead && (await isQueued(ahead)));
    return false;
  };
}

async function isQueued(read: Read): Promise<boolean> {
  for (let i = 0; i < MICROTASKS && !read.queued; i++) await Promise.resolve();
  return read.queued;
}
