/**
 * Compresses a body in another thread, once the event loop has sent a response that does not wait for it.
 *
 * Level 1 takes a quarter of the default's CPU time for snapshots, which become a few percent larger.
 */
export function gzip(body: string | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      process.getBuiltinModule("node:zlib").gzip(body, { level: 1 }, (error, bytes) => {
        if (error) reject(error);
        else resolve(bytes);
      });
    });
  });
}
