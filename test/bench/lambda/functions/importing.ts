const startedMs = performance.now();
await import(process.env["IMPORTED"]!);
const importMs = performance.now() - startedMs;

/** Returns how long the import took. The environment's start waited for it. */
export const handler = async () => ({ importMs });
