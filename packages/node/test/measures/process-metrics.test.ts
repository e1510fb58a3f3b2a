import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Family, parseText, sample } from "../../../../test/pushgateway/parse.js";

const script = fileURLToPath(new URL("fixtures/measured.mjs", import.meta.url));

interface Printed {
  readonly ours: string;
  readonly theirs: string;
  readonly cpu: NodeJS.CpuUsage;
  readonly begun: number;
}

/** Runs the fixture. @param act called when it has printed a line that is no result */
async function measured(
  args: readonly string[],
  act: (pid: number) => Promise<unknown> = async () => undefined,
): Promise<Printed> {
  const child = spawn(process.execPath, ["--expose-gc", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await closed;
  });
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    if (!printed && !String(text).startsWith("{")) await act(child.pid!);
    printed += text;
  }
  return JSON.parse(printed.split("\n").at(-2)!) as Printed;
}

/** Stops a process that does nothing for 0.6 seconds, as a platform that freezes does. */
async function freeze(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 600));
  process.kill(pid, "SIGCONT");
}

/** Continues a process that stops itself, after 0.6 seconds. To stop it as well could come first, and it would stop twice. */
async function thaw(pid: number): Promise<void> {
  const state = async () => / (\w) /.exec(await readFile(`/proc/${pid}/stat`, "utf8"))?.[1];
  await expect.poll(state).toBe("T");
  await new Promise((resolve) => setTimeout(resolve, 600));
  process.kill(pid, "SIGCONT");
}

const isOurs = ({ name }: Family) => /^(process|nodejs)_/.test(name);

describe("beside prom-client in the same process", async () => {
  let both: Printed;
  const compare = async () => (both ??= await measured(["compare"]));
  const value = (text: string, name: string, labels = {}) => sample(parseText(text), name, labels)!;

  test("names, types, help and labels are the same, and two of OpenTelemetry's are added", async () => {
    const { ours, theirs } = await compare();
    // Without a handle or request there is none of them, and one of every kind may come and go.
    const changing = /^nodejs_active_(handles|requests)$/;
    const shapes = (text: string) =>
      new Map(
        parseText(text)
          .filter((family) => isOurs(family) && !changing.test(family.name))
          .map(({ name, type, help, samples }) => [
            name,
            { type, help, labels: Object.keys(samples[0]?.labels ?? {}).toSorted() },
          ]),
      );
    const [our, their] = [shapes(ours), shapes(theirs)];
    for (const [name, shape] of their) expect([name, our.get(name)]).toEqual([name, shape]);
    expect([...our.keys()].filter((name) => !their.has(name))).toEqual([
      "nodejs_eventloop_time_seconds_total",
      "nodejs_eventloop_utilization_ratio",
    ]);
  });

  test("values are the same, where both measure the same moment", async () => {
    const { ours, theirs } = await compare();
    for (const name of ["process_max_fds", "nodejs_version_info"])
      expect(value(ours, name)).toBe(value(theirs, name));
    for (const [name, most] of [
      ["process_start_time_seconds", 1],
      ["process_open_fds", 3],
      ["nodejs_eventloop_lag_min_seconds", 0.005],
      ["nodejs_eventloop_lag_p50_seconds", 0.01],
    ] as const)
      expect(Math.abs(value(ours, name) - value(theirs, name)), name).toBeLessThanOrEqual(most);
    for (const name of [
      "process_resident_memory_bytes",
      "process_virtual_memory_bytes",
      "process_heap_bytes",
      "nodejs_heap_size_total_bytes",
      "nodejs_heap_size_used_bytes",
      "nodejs_external_memory_bytes",
    ])
      expect(value(ours, name) / value(theirs, name), name).toBeCloseTo(1, 0);
    for (const [space, bytes] of [["old"], ["new"], ["large_object"]].map(
      ([name = ""]) =>
        [name, value(theirs, "nodejs_heap_space_size_total_bytes", { space: name })] as const,
    ))
      expect(value(ours, "nodejs_heap_space_size_total_bytes", { space })).toBe(bytes);
  });

  test("the event loop's longest delay is the one that a busy loop has made", async () => {
    const { ours, theirs } = await compare();
    expect(value(ours, "nodejs_eventloop_lag_max_seconds")).toBeGreaterThan(0.19);
    expect(value(theirs, "nodejs_eventloop_lag_max_seconds")).toBeGreaterThan(0.19);
    const active = { nodejs_eventloop_state: "active" };
    expect(value(ours, "nodejs_eventloop_time_seconds_total", active)).toBeGreaterThan(0.2);
    const utilization = value(ours, "nodejs_eventloop_utilization_ratio");
    expect(utilization).toBeGreaterThan(0.1);
    expect(utilization).toBeLessThan(1);
  });

  test("garbage collections are all counted, of which prom-client misses some", async () => {
    const { ours, theirs } = await compare();
    const name = "nodejs_gc_duration_seconds_count";
    expect(value(ours, name, { kind: "major" })).toBeGreaterThanOrEqual(1);
    expect(value(ours, name)).toBeGreaterThanOrEqual(value(theirs, name));
  });

  test("CPU time counts from the start of the process", async () => {
    const { ours, theirs, cpu } = await compare();
    const seconds = value(ours, "process_cpu_seconds_total");
    expect(seconds).toBeGreaterThan(value(theirs, "process_cpu_seconds_total"));
    expect(seconds).toBeLessThanOrEqual((cpu.user + cpu.system) / 1e6);
    expect(seconds).toBeGreaterThan(((cpu.user + cpu.system) / 1e6) * 0.8);
    const parts =
      value(ours, "process_cpu_user_seconds_total") +
      value(ours, "process_cpu_system_seconds_total");
    expect(parts).toBeCloseTo(seconds, 6);
  });
});

describe("a process that was frozen for 0.6 seconds", () => {
  const delays = async (...args: readonly string[]) => {
    const { ours } = await measured(["stopped", ...args], args.includes("itself") ? thaw : freeze);
    const families = parseText(ours);
    const time = (nodejs_eventloop_state: string) =>
      sample(families, "nodejs_eventloop_time_seconds_total", { nodejs_eventloop_state });
    return {
      max: sample(families, "nodejs_eventloop_lag_max_seconds"),
      idle: time("idle"),
      active: time("active"),
    };
  };

  test("has no delay of its event loop for that, on a platform that freezes", async () => {
    const { max, idle } = await delays("freezes");
    expect(max).toBeLessThan(0.4);
    expect(idle).toBeLessThan(1.7);
  });

  test("has none either if the freeze came in the middle of its work", async () => {
    const { max, active } = await delays("freezes", "itself");
    expect(max).toBeLessThan(0.4);
    expect(active).toBeLessThan(0.5);
  });

  test("has the delays that its own code makes", async () => {
    expect((await delays("freezes", "blocks")).max).toBeGreaterThan(0.39);
  });

  test("has a delay like any other where nothing freezes", async () => {
    expect((await delays("goes on")).max).toBeGreaterThan(0.55);
  });
});

test("nothing is measured if nothing is pushed", async () => {
  expect(await measured(["inert"])).toEqual({ begun: 0 });
});

test("a thread with an instance of its own tells of itself alone", async () => {
  const names = parseText((await measured(["thread"])).ours).map(({ name }) => name);
  expect(names).toContain("nodejs_heap_size_used_bytes");
  expect(names).toContain("nodejs_eventloop_time_seconds_total");
  // Each thread would count the whole process.
  expect(names).not.toContain("process_resident_memory_bytes");
  expect(names).not.toContain("process_open_fds");
});
