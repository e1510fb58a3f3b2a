const beganMs = performance.now();
await import(process.env["IMPORTED"]!);
const importMs = performance.now() - beganMs;

/** Tells how long the import took, for which the environment's start waited. */
export const handler = async () => ({ importMs });
