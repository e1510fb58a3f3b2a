import { counter, gauge, histogram } from "@prefreeze/aws-lambda";
import { BACKLOG, CHARGE, MESSAGES, ORDERS, SIZE } from "../../workloads/snapshot.js";
import { reportCpu, type CpuReport } from "./cpu-report.js";

const orders = counter(ORDERS);
const messages = counter(MESSAGES);
const backlog = gauge(BACKLOG);
const charge = histogram(CHARGE);
const size = histogram(SIZE);

let invocations = 0;

/** Makes five recordings. */
export async function shop(): Promise<CpuReport> {
  const plan = invocations++ % 2 === 0 ? "free" : "pro";
  orders.inc({ plan, country: "DE" });
  messages.inc({ channel: "mail" }, 2);
  backlog.set({ queue: "orders" }, invocations);
  charge.observe({ provider: "stripe" }, 0.034);
  size.observe({ plan }, 2_048);
  return reportCpu();
}
