import { setTimeout as delay } from "node:timers/promises";
import Fastify from "fastify";
import { wrap } from "./wrapper.mjs";

const app = wrap(Fastify());
app.get("/ok", async () => ({ ok: true }));
app.get("/slow", async () => {
  await delay(200);
  return { ok: true };
});
app.get("/bad", async (_request, reply) => {
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
app.listen({ port: 3_000 });
