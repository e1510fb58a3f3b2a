import { Hono } from "hono";
import { stream } from "hono/streaming";
import { wrap } from "./wrapper.mjs";

const app = wrap(new Hono());
app.get("/ok", (c) => c.json({ ok: true }));
app.get("/slow", async (c) => {
  await new Promise((resolve) => setTimeout(resolve, 200));
  return c.json({ ok: true });
});
app.get("/bad", (c) => c.text("down", 503));
app.get("/boom", () => {
  throw new Error("broken");
});
app.get("/stream", (c) =>
  stream(c, async (out) => {
    await out.write("a");
    await out.sleep(200);
    await out.write("b");
  }),
);

export default app;
