import { counter } from "@prefreeze/vercel/next";

export const hits = counter({
  name: "hits_total",
  help: "Code that ran.",
  labelNames: ["route"],
});
