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

  it("keeps the order in which metrics are given", () => {
    core.gauge({ name: "b", help: "B." }).set(1);
    core.gauge({ name: "a", help: "A." }).set(1);
    const names = [...core.textFormat(core.catalog.metrics.values()).matchAll(/^# TYPE (\w+)/gm)];
    expect(names.map(([, name]) => name)).toEqual(["b", "a"]);
  });
});
