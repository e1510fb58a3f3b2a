import { execFile } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startAggregator } from "@prefreeze/aggregator";
import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { startChild } from "./child-aggregator.js";
import { snapshot } from "./snapshot.js";
import { ask, start, stateFolder } from "./use-aggregator.js";

const gateway = useGateway();
const run = promisify(execFile);

test("killed again and again under load, it loses nothing that it acknowledged and counts nothing twice", async () => {
  const directory = stateFolder();
  const LIVES = 24;
  /** What each life has counted, and the newest sequence number that was acknowledged. */
  const lives = Array.from({ length: LIVES }, (_, i) => ({
    id: `life-${i}`,
    sequence: 0,
    counted: 0,
    acknowledged: 0,
  }));
  for (let round = 0; round < 6; round++) {
    const child = await startChild({
      directory,
      pushgateway: gateway.url,
      pushIntervalMs: 50,
      scrapeIntervalMs: 0,
    });
    const killed = new AbortController();
    const writers = lives.map(async (life) => {
      while (!killed.signal.aborted) {
        life.counted += 1;
        life.sequence += 1;
        const status = await push(child.url, life).catch(() => 0);
        // What it has acknowledged, it knows.
        expect([0, 200]).toContain(status);
        if (status === 200) life.acknowledged = life.sequence;
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 100 + 150 * Math.random()));
    await child.kill();
    killed.abort();
    await Promise.all(writers);
  }
  expect(lives.every(({ acknowledged }) => acknowledged > 0)).toBe(true);
  const { url } = await start({ directory, pushgateway: gateway.url, scrapeIntervalMs: 0 });
  for (const life of lives) {
    // A push in doubt may have arrived: the newest one settles it.
    life.sequence += 1;
    expect(await push(url, life)).toBe(200);
  }
  const truth = lives.reduce((sum, { counted }) => sum + counted, 0);
  await gateway.eventually("orders_total", { job: "shop" }).toBe(truth);
  // It starts seven processes, each of which may take seconds on a busy machine.
}, 90_000);

test("no total that was shown falls when it is killed", async () => {
  const directory = stateFolder();
  let highest = 0;
  let sequence = 0;
  for (let round = 0; round < 4; round++) {
    const child = await startChild({
      directory,
      pushgateway: gateway.url,
      pushIntervalMs: 10,
      scrapeIntervalMs: 0,
    });
    for (let i = 0; i < 40; i++) {
      sequence += 1;
      await push(child.url, { id: "a", sequence, counted: sequence, acknowledged: 0 });
      const shown =
        sample(parseText(await gateway.metrics()), "orders_total", { job: "shop" }) ?? 0;
      expect(shown).toBeGreaterThanOrEqual(highest);
      highest = Math.max(shown, highest);
    }
    await child.kill();
  }
  expect(highest).toBeGreaterThan(40);
});

test("at SIGTERM, it finishes what it has begun and pushes once more", async () => {
  const child = await startChild({
    directory: stateFolder(),
    pushgateway: gateway.url,
    pushIntervalMs: 60_000,
    scrapeIntervalMs: 60_000,
  });
  const pushes = Array.from({ length: 20 }, (_, i) =>
    push(child.url, { id: `life-${i}`, sequence: 1, counted: 1, acknowledged: 0 }),
  );
  expect(await Promise.all(pushes)).toEqual(pushes.map(() => 200));
  expect(await child.terminate()).toBe(0);
  expect(await gateway.shown("prefreeze_instances", { job: "shop" })).toBe(20);
});

test("at SIGTERM, clients that are never idle do not hold it up", async () => {
  const child = await startChild({ directory: stateFolder(), pushgateway: gateway.url });
  const answered: number[] = [];
  const writers = Array.from({ length: 8 }, async (_, i) => {
    for (let sequence = 1; ; sequence++) {
      const life = { id: `life-${i}`, sequence, counted: sequence, acknowledged: sequence - 1 };
      // It ends when nothing listens any more.
      answered.push(await push(child.url, life));
    }
  });
  await expect.poll(() => answered.length).toBeGreaterThan(100);
  const startedMs = performance.now();
  const [exitCode, ...ends] = await Promise.all([
    child.terminate(),
    ...writers.map((writer) => writer.catch((error: Error) => String(error.cause))),
  ]);
  expect(exitCode).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(4_000);
  // A connection that was idle may be closed just when a push is written, as with any server.
  expect(ends.filter((end) => !/ECONNREFUSED|ECONNRESET|other side closed/.test(end))).toEqual([]);
  expect(new Set(answered)).toEqual(new Set([200]));
});

test("with a full disk it answers 503 and goes on when there is room again", async () => {
  const directory = stateFolder();
  const child = await startChild({
    directory,
    pushgateway: gateway.url,
    pushIntervalMs: 50,
    scrapeIntervalMs: 0,
  });
  expect(await push(child.url, { id: "a", sequence: 1, counted: 1, acknowledged: 0 })).toBe(200);
  const { processId } = child;
  // No file may grow, which is how a full disk looks from inside.
  await run("prlimit", ["--pid", `${processId}`, "--fsize=4096:unlimited"]);
  const full = await ask(
    "PUT",
    `${child.url}/metrics/job/shop/instance/a`,
    snapshot(2, { orders_total: 5 }, 1),
  );
  expect(full).toEqual([503, "the state cannot be written now: push again later"]);
  expect(child.printed()).toMatch(/cannot be written \(.+\): pushes are answered 503 until it can/);
  await run("prlimit", ["--pid", `${processId}`, "--fsize=unlimited:unlimited"]);
  // The same push again: nothing of it counts twice.
  expect(await push(child.url, { id: "a", sequence: 2, counted: 5, acknowledged: 1 })).toBe(200);
  await gateway.eventually("orders_total", { job: "shop" }).toBe(5);
  await child.kill();
  const again = await startChild({ directory, pushgateway: gateway.url });
  expect(await push(again.url, { id: "a", sequence: 3, counted: 6, acknowledged: 2 })).toBe(200);
});

test("a folder that cannot be made is refused at once, with what to do", async () => {
  await expect(
    startAggregator({ directory: "/proc/prefreeze/state", listen: { port: 0 } }),
  ).rejects.toThrow("choose a folder that this user may write to");
});

test("a folder belongs to one process at a time", async () => {
  const directory = stateFolder();
  const first = await startChild({ directory, pushgateway: gateway.url });
  await expect(startAggregator({ directory, listen: { port: 0 } })).rejects.toThrow(
    `the state in ${directory} is in use by process ${first.processId}: stop it, or give each aggregator a directory of its own`,
  );
  // A process that was killed owns nothing.
  await first.kill();
  const { url } = await start({ directory, pushgateway: gateway.url });
  expect(await ask("GET", `${url}/-/ready`)).toEqual([200, "ready"]);
});

test.each([
  ["not a store at all", (file: string) => writeFileSync(file, "x".repeat(100_000))],
  ["cut off", (file: string) => truncateSync(file, 8_192)],
])("a state that is %s is refused in one line that says what to do", async (_, damage) => {
  const directory = stateFolder();
  const first = await startChild({ directory, pushgateway: gateway.url });
  for (let i = 0; i < 50; i++)
    await push(first.url, { id: `life-${i}`, sequence: 1, counted: 1, acknowledged: 0 });
  await first.terminate();
  damage(join(directory, "state.lmdb"));
  // In a process of its own: a broken store may end it.
  await expect(startChild({ directory, pushgateway: gateway.url })).rejects.toThrow(
    /the state in .+ cannot be opened: .+; move it away to start with an empty state/,
  );
});

async function push(
  url: string,
  {
    id,
    sequence,
    counted,
    acknowledged,
  }: { id: string; sequence: number; counted: number; acknowledged: number },
): Promise<number> {
  const body = snapshot(sequence, { orders_total: counted }, acknowledged || undefined);
  const [status] = await ask("PUT", `${url}/metrics/job/shop/instance/${id}`, body);
  return status;
}
