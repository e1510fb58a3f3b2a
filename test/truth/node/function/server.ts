// A server of the truth run. After SIGTERM it serves until the balancer knows, takes no more requests and answers those that
// it has, as servers should; then nothing is left to do, or, of the shape `exits`, it exits.
import { appendFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { counter, histogram, instrumentServer } from "@prefreeze/node";
import { type OrderMetrics, orderOf, type TakeNote, takeOrder } from "../../servers/order.js";

const { NOTES = "", SHAPE, BARE, PREFREEZE_INSTANCE_PREFIX: environment = "" } = process.env;

const DEREGISTERED_WITHIN_MS = 200;

const takeNote: TakeNote = (note) => appendFileSync(NOTES, `${JSON.stringify(note)}\n`);

function define(): OrderMetrics {
  const orders = counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  const sizes = histogram({ name: "order_size", help: "Size of orders.", buckets: [1, 10, 100] });
  return {
    accepted: (plan, amount) => orders.inc({ plan }, amount),
    sized: (size) => sizes.observe(size),
  };
}

const metrics = BARE ? { accepted: () => undefined, sized: () => undefined } : define();

async function answer(url: string, response: ServerResponse): Promise<void> {
  const { status, chunks, text } = await takeOrder(orderOf(url), environment, metrics, takeNote);
  response.statusCode = status;
  if (!chunks) {
    response.end(text);
    return;
  }
  for await (const chunk of chunks) {
    if (response.destroyed) break;
    response.write(chunk);
  }
  response.end();
}

const server = createServer((request, response) => {
  answer(request.url!, response).catch((error: unknown) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
if (!BARE) instrumentServer(server);
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
// The run's end is this one's, too.
const endWithRun = () => process.kill(process.pid, "SIGKILL");
process.once("disconnect", endWithRun);
process.once("SIGTERM", () => {
  // What has connected and was not accepted yet would be cut.
  setTimeout(
    () => server.close(() => SHAPE === "exits" && process.exit(0)),
    DEREGISTERED_WITHIN_MS,
  );
  process.off("disconnect", endWithRun).disconnect();
});
