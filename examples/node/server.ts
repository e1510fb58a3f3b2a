// One of several servers behind a balancer: Prometheus cannot scrape them one by one.
import { instrumentServer, processMetrics } from "@prefreeze/node";
import express from "express";
import { charge, orders } from "../metrics.js";
import { chargeCard } from "../payment.js";

processMetrics();

const app = instrumentServer(express());

// oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 takes promises
app.post("/orders/:plan", async (request, response) => {
  const plan = request.params.plan === "pro" ? "pro" : "free";
  try {
    await charge.time(() => chargeCard(request.get("x-card")));
  } catch {
    response.status(502).json({ ok: false });
    return;
  }
  orders.inc({ plan });
  response.json({ ok: true });
});

const server = app.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1", () => {
  console.log(`listening on ${JSON.stringify(server.address())}`);
});

// What the last requests have counted is pushed before the process exits.
process.once("SIGTERM", () => {
  server.close(() => process.exit());
  server.closeIdleConnections();
});
