// One file of definitions, shared by the functions of all platforms.
import { counter, gauge, histogram } from "@prefreeze/core";

export const orders = counter({
  name: "orders_total",
  help: "Orders accepted.",
  labelNames: ["plan"],
});

export const backlog = gauge({
  name: "backlog_messages",
  help: "Messages waiting when last looked at.",
});

export const charge = histogram({
  name: "charge_duration_seconds",
  help: "Time to charge a card.",
});
