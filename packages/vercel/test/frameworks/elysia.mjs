// Elysia makes `fetch` when it is first read.
import { Elysia } from "elysia";
import { wrap } from "./wrapper.mjs";

const app = wrap(new Elysia({ aot: false }));
app.get("/ok", () => ({ ok: true }));
app.get("/slow", async () => {
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { ok: true };
});
app.get("/bad", ({ status }) => status(503, "down"));
app.get("/boom", () => {
  throw new Error("broken");
});
app.get("/stream", async function* () {
  yield "a";
  await new Promise((resolve) => setTimeout(resolve, 200));
  yield "b";
});

export default app;
