import express from "express";
import { wrap } from "./wrapper.mjs";

const app = wrap(express());
app.get("/ok", (_req, res) => res.json({ ok: true }));
app.get("/slow", (_req, res) => setTimeout(() => res.json({ ok: true }), 200));
app.get("/bad", (_req, res) => res.status(503).send("down"));
app.get("/boom", () => {
  throw new Error("broken");
});
app.get("/stream", (_req, res) => {
  res.write("a");
  setTimeout(() => res.end("b"), 200);
});
app.listen(3_000);
