const beganMs = performance.now();
const { idle } = performance.eventLoopUtilization();
await import(process.env["IMPORTED"]!);
const importMs = performance.now() - beganMs;
const idleMs = performance.eventLoopUtilization().idle - idle;

/** Tells how long the import took that the environment's start waited for, and how much of that was waiting. */
export const handler = async () => ({ importMs, idleMs });
