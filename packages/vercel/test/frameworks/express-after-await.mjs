// Waits for its database, then hands over to the app.
import express from "express";
import { wrap } from "./wrapper.mjs";

const app = express();
app.get("/ok", (_req, res) => res.json({ ok: true }));
app.get("/slow", (_req, res) => setTimeout(() => res.json({ ok: true }), 200));
app.get("/bad", (_req, res) => setTimeout(() => res.status(503).send("down"), 50));
app.get("/boom", async () => {
  await connected;
  throw new Error("broken");
});
app.get("/stream", (_req, res) => {
  res.write("a");
  setTimeout(() => res.end("b"), 200);
});

const connected = new Promise((resolve) => setTimeout(resolve, 5));
export default wrap(async (req, res) => {
  await connected;
  return app(req, res);
});
