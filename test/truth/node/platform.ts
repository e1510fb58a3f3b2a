import type { Compared } from "../readings.js";
import type { Counts } from "../oracle.js";
import type { OrderKind, WebNote, WebOrder } from "../servers/order.js";
import type { ServersPlatform } from "../servers/platform.js";
import { prepareServers } from "./start-server.js";

/** Longest time between two pushes, in milliseconds. */
export const INTERVAL_MS = 1_000;

export const NODE_KINDS = ["throw", "status", "stream", "abort"] as const satisfies OrderKind[];

const REQUESTS = "http_server_request_duration_seconds_count";

const COMPARED: Compared = {
  series: {
    [REQUESTS]: ["http_request_method", "http_response_status_code"],
    orders_total: ["plan"],
    order_size_count: [],
    order_size_sum: [],
  },
  environmentOf: (labels) => labels["instance"]!.split("-")[0]!,
};

/** Servers of node:http behind a balancer. Those of the shape `exits` call `process.exit()` at their end. */
export const nodePlatform: ServersPlatform = {
  shapes: { http: NODE_KINDS, exits: NODE_KINDS },
  env: { PREFREEZE_INTERVAL_MS: `${INTERVAL_MS}`, PREFREEZE_JOB: "shop" },
  prepare: prepareServers,
  compared: () => COMPARED,
  truthOf,
  countsOf(shown) {
    const counts = { succeeded: 0, failed: 0, timedOut: 0, coldstarts: 0 };
    for (const [series, value] of Object.entries(shown)) {
      const status = /http_response_status_code="(\d+)"/.exec(series)?.[1];
      if (status !== undefined) counts[Number(status) < 500 ? "succeeded" : "failed"] += value;
    }
    return counts;
  },
};

function truthOf(orders: ReadonlyMap<number, WebOrder>, notes: readonly WebNote[]) {
  const readings = new Map<string, Map<string, number>>();
  const counts: Counts & { succeeded: number; failed: number } = {
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    coldstarts: 0,
  };
  for (const { at, id, environment } of notes) {
    if (at !== "begin") continue;
    const { kind, plan, amount } = orders.get(id)!;
    const reading = readings.get(environment) ?? new Map<string, number>();
    readings.set(environment, reading);
    const status = statusOf(kind);
    counts[status < 500 ? "succeeded" : "failed"]++;
    const complete = kind !== "throw" && kind !== "abort";
    const recorded = {
      [`${REQUESTS}{http_request_method="GET",http_response_status_code="${status}"}`]: 1,
      [`orders_total{plan="${plan}"}`]: amount,
      order_size_count: complete ? 2 : 1,
      order_size_sum: complete ? amount / 4 + 1 : amount / 4,
    };
    for (const [series, value] of Object.entries(recorded))
      reading.set(series, (reading.get(series) ?? 0) + value);
  }
  return { readings, counts };
}

function statusOf(kind: OrderKind | undefined): number {
  if (kind === "throw") return 500;
  return kind === "status" ? 503 : 200;
}
