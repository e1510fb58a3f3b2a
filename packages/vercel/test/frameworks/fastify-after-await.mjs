// Waits until the app is ready, then lets its server answer.
import { setTimeout as delay } from "node:timers/promises";
import Fastify from "fastify";
import { wrap } from "./wrapper.mjs";

const app = Fastify();
app.get("/ok", async () => ({ ok: true }));
app.get("/slow", async () => {
  await delay(200);
  return { ok: true };
});
app.get("/bad", async (_request, reply) => {
  await delay(50);
  reply.code(503);
  return "down";
});
app.get("/boom", async () => {
  throw new Error("broken");
});
app.get("/stream", (_request, reply) => {
  reply.raw.write("a");
  setTimeout(() => reply.raw.end("b"), 200);
});

export default wrap(async (req, res) => {
  await app.ready();
  app.server.emit("request", req, res);
});
