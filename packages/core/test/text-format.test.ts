import { beforeEach, describe, expect, it } from "vitest";
import { type Core, freshCore, textOf } from "./core.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
});

describe("the text format", () => {
  it("is empty if nothing was recorded", () => {
    core.counter({ name: "orders_total", help: "Orders." });
    expect(textOf(core)).toBe("");
  });

  it("matches the specification's example byte for byte", () => {
    const requests = core.counter({
      name: "http_requests_total",
      help: "The total number of HTTP requests.",
      labelNames: ["method", "code"],
    });
    requests.inc({ method: "post", code: 200 }, 1027);
    requests.inc({ method: "post", code: 400 }, 3);
    const weird = core.gauge({
      name: "something_weird",
      help: 'A "help" with a C:\\path and\na second line',
      labelNames: ["problem"],
    });
    weird.set({ problem: "division by zero" }, Infinity);
    weird.set({ problem: 'Cannot find "C:\\DIR\\FILE.TXT"\nreally' }, -Infinity);
    weird.set({ problem: "" }, NaN);
    const durations = core.histogram({
      name: "http_request_duration_seconds",
      help: "Durations.",
      buckets: [0.05, 1, 1e21],
    });
    for (const seconds of [0.01, 0.05, 0.5, 1e300]) durations.observe(seconds);

    expect(textOf(core)).toBe(
      `# HELP http_request_duration_seconds Durations.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 2
http_request_duration_seconds_bucket{le="1"} 3
http_request_duration_seconds_bucket{le="1e+21"} 3
http_request_duration_seconds_bucket{le="+Inf"} 4
http_request_duration_seconds_sum 1e+300
http_request_duration_seconds_count 4
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027
http_requests_total{method="post",code="400"} 3
# HELP something_weird A "help" with a C:\\\\path and\\na second line
# TYPE something_weird gauge
something_weird{problem="division by zero"} +Inf
something_weird{problem="Cannot find \\"C:\\\\DIR\\\\FILE.TXT\\"\\nreally"} -Inf
something_weird{problem=""} NaN
`,
    );
  });

  it.each([
    [-0, "0"],
    [0.1, "0.1"],
    [1e-7, "1e-7"],
    [5e-324, "5e-324"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [Number.MAX_SAFE_INTEGER + 1, "9007199254740992"],
    [1e21, "1e+21"],
  ])("writes %d as Go does", (value, written) => {
    core.gauge({ name: "value", help: "A value." }).set(value);
    expect(textOf(core)).toContain(`\nvalue ${written}\n`);
  });

  it("writes a counter that exceeds the largest number as +Inf", () => {
    const counter = core.counter({ name: "bytes_total", help: "Bytes." });
    counter.inc(Number.MAX_VALUE);
    counter.inc(Number.MAX_VALUE);
    expect(textOf(core)).toContain("\nbytes_total +Inf\n");
  });

  it("writes changes since the last time", () => {
    const hits = core.counter({ name: "hits_total", help: "Hits.", labelNames: ["page"] });
    hits.inc({ page: "a" });
    hits.inc({ page: "b" });
    expect(textOf(core)).toContain('{page="a"} 1\n');
    hits.inc({ page: "b" });
    expect(textOf(core)).toContain('{page="a"} 1\n');
    expect(textOf(core)).toContain('{page="b"} 2\n');
  });

  it("writes what has not changed as before, however often, also between changes and beside series that come and go", () => {
    const hits = core.counter({ name: "hits_total", help: "Hits.", labelNames: ["page"] });
    const took = core.histogram({ name: "took_seconds", help: "Took.", buckets: [1] });
    const open = core.gauge({ name: "open", help: "Open.", labelNames: ["page"] });
    const gauges = '# HELP open Open.\n# TYPE open gauge\nopen{page="a"} 1\n';
    const written = (a: number, gauges: string) =>
      `# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total{page="a"} ${a}\nhits_total{page="ä"} 1\n` +
      `${gauges}# HELP took_seconds Took.\n# TYPE took_seconds histogram\n` +
      `took_seconds_bucket{le="1"} 1\ntook_seconds_bucket{le="+Inf"} 1\ntook_seconds_sum 0.5\ntook_seconds_count 1\n`;
    took.observe(0.5);
    for (let a = 1; a < 4; a++) {
      hits.inc({ page: "a" });
      if (a === 1) hits.inc({ page: "ä" });
      open.set({ page: "a" }, 1);
      for (let times = 0; times < 3; times++) expect(textOf(core)).toBe(written(a, gauges));
      open.remove({ page: "a" });
      for (let times = 0; times < 3; times++) expect(textOf(core)).toBe(written(a, ""));
    }
  });

  it("keeps the order in which metrics are given", () => {
    core.gauge({ name: "b", help: "B." }).set(1);
    core.gauge({ name: "a", help: "A." }).set(1);
    const names = [...core.textFormat(core.catalog.metrics.values()).matchAll(/^# TYPE (\w+)/gm)];
    expect(names.map(([, name]) => name)).toEqual(["b", "a"]);
  });
});
