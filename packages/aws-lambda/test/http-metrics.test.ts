import { expect, test } from "vitest";
import type { Invocation } from "@prefreeze/core/adapter";
import { httpMetrics } from "@prefreeze/aws-lambda";
import { catalog, mergeIntoTotals, textFormat } from "../../core/test/internals.js";
import { httpEvents } from "./events/http.js";

test("all routes with all statuses stay within a snapshot that the journal takes", () => {
  const begin = httpMetrics();
  const rest = httpEvents["a REST API"];
  const source = { trigger: "http", request: true } as const;
  for (let route = 0; route < 100; route++) {
    for (let statusCode = 200; statusCode < 220; statusCode++) {
      const resource = `/orders/${route}/`.padEnd(200, "x");
      const recordings: Invocation["recordings"] = new Map();
      const invocation = { recordings, durationMs: 5, outcome: "succeeded" } as Invocation;
      begin({ ...rest, resource }, source)?.(invocation, { statusCode });
      mergeIntoTotals(recordings);
    }
  }
  const text = textFormat(catalog.metrics.values());
  expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
  const counts = [...text.matchAll(/_count\{(.*)\} (\d+)/g)];
  expect(counts.length).toBeGreaterThan(100);
  expect(counts.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(2_000);
  expect(text).toContain(
    '_count{http_request_method="_OTHER",http_response_status_code="_OTHER",http_route="_OTHER"} ',
  );
});
