const beganMs = performance.now();
await import(process.env["IMPORTED"]!);
const importMs = performance.now() - beganMs;

/** Returns how long the import took, which delayed the environment's start. */
export const handler = async () => ({ importMs });
