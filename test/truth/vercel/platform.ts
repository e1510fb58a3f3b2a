import { createOracle, type Fate } from "../oracle.js";
import type { Compared } from "../readings.js";
import { faasCounts } from "../report.js";
import type { ServersThrough } from "../servers/faults.js";
import type { OrderKind, WebNote, WebOrder } from "../servers/order.js";
import type { ServersPlatform } from "../servers/platform.js";
import { prepareFunctions } from "./start-function.js";

export const VERCEL_KINDS = [
  "throw",
  "status",
  "stream",
  "abort",
  "timeout",
] as const satisfies OrderKind[];

/** An aggregator run sums over triggers. */
function compared(through: ServersThrough): Compared {
  const trigger = through === "direct" ? ["faas_trigger"] : [];
  return {
    series: {
      faas_invocations_total: trigger,
      faas_errors_total: [...trigger, "error_type"],
      faas_timeouts_total: trigger,
      faas_canceled_total: trigger,
      faas_coldstarts_total: [],
      faas_invoke_duration_seconds_count: trigger,
      orders_total: ["plan"],
      order_size_count: [],
      order_size_sum: [],
    },
    environmentOf: (labels) => labels["instance"]!.split("-")[0]!,
  };
}

/** Functions of every shape in the server of Vercel's Node builder, each in processes of its own. */
export const vercelPlatform: ServersPlatform = {
  shapes: {
    node: VERCEL_KINDS,
    methods: VERCEL_KINDS,
    fetch: VERCEL_KINDS,
    // The builder's server sends its bodies when they are complete.
    listen: ["throw", "status", "stream", "timeout"],
    cron: ["throw", "status", "timeout"],
    // The builder's server tells the edge runtime no deadline, and ends when a function throws there.
    edge: ["status", "stream", "abort"],
  },
  env: { PREFREEZE_JOB: "shop" },
  prepare: prepareFunctions,
  compared,
  truthOf,
  countsOf: faasCounts,
};

function truthOf(
  orders: ReadonlyMap<number, WebOrder>,
  notes: readonly WebNote[],
  through: ServersThrough,
) {
  const oracle = createOracle();
  const begun = new Set<string>();
  for (const { at, id, environment } of notes) {
    if (at !== "begin") continue;
    const order = orders.get(id)!;
    const trigger = order.shape === "cron" ? "timer" : "http";
    const label = through === "direct" ? `{faas_trigger="${trigger}"}` : "";
    oracle.add(environment, {
      ...endOf(order),
      ...(through === "direct" && { trigger }),
      seen: true,
      coldStart: !begun.has(environment),
      recorded: {
        ...recordedBy(order),
        ...(order.kind === "abort" && { [`faas_canceled_total${label}`]: 1 }),
      },
    });
    begun.add(environment);
  }
  return oracle;
}

const ENDS: Readonly<Partial<Record<OrderKind, Pick<Fate, "outcome" | "errorType">>>> = {
  throw: { outcome: "failed", errorType: "RangeError" },
  status: { outcome: "failed", errorType: "503" },
  timeout: { outcome: "timedOut" },
};

function endOf({ kind, shape }: WebOrder): Pick<Fate, "outcome" | "errorType"> {
  // Nobody sees what a listener of a server throws, but what it answers.
  if (kind === "throw" && shape === "listen") return { outcome: "failed", errorType: "500" };
  return (kind && ENDS[kind]) ?? { outcome: "succeeded" };
}

function recordedBy({ plan, amount, kind }: WebOrder): Record<string, number> {
  const complete = kind === undefined || kind === "status" || kind === "stream";
  return {
    [`orders_total{plan="${plan}"}`]: amount,
    order_size_count: complete ? 2 : 1,
    order_size_sum: complete ? amount / 4 + 1 : amount / 4,
  };
}
