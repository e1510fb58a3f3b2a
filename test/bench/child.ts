// Runs one side of a comparison: `child.mjs <module> <size> <warm-up> <operations> <url>`. Prints the CPU
// time of one operation in microseconds.
import type { Measured, Workload } from "./workload.js";

const [module = "", size, warmUp, operations, url] = process.argv.slice(2);
const { createWorkload } = (await import(module)) as {
  createWorkload(size: number, url: string | undefined): Workload | Promise<Workload>;
};
const { run, finish } = await createWorkload(Number(size), url);

// Without a timer, a process that waits only for a push would end, since the push's socket does not keep it running.
const running = setInterval(() => undefined, 60_000);
const unmeasured: Measured = (code) => code();
for (let i = 0; i < Number(warmUp); i++) await run(unmeasured);

// Short operations are measured together, since reading the clock costs about as much as they do.
const together = Number(size) === 0;
let microseconds = 0;
const measured: Measured = async (code) => {
  const before = process.cpuUsage();
  const result = await code();
  const { user, system } = process.cpuUsage(before);
  microseconds += user + system;
  return result;
};
const before = process.cpuUsage();
for (let i = 0; i < Number(operations); i++) await run(together ? unmeasured : measured);
const { user, system } = process.cpuUsage(before);
console.log((together ? user + system : microseconds) / Number(operations));
finish?.();
clearInterval(running);
