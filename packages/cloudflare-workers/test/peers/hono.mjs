// An app that is wrapped first, and gets its routes afterwards.
import { counter, instrument } from "@prefreeze/cloudflare-workers";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";

const greetings = counter({ name: "greetings_total", help: "Greetings." });

const app = instrument(new Hono());
app.use("/with/*", async (c, next) => {
  await next();
  c.res.headers.set("x-middleware", "ran");
});
app.get("/with/middleware", (c) => c.text("get"));
app.on("PURGE", "/purge", (c) => c.text("purged"));
app.route(
  "/sub",
  new Hono().get("/a", (c) => {
    greetings.inc();
    return c.text("a");
  }),
);
app.basePath("/v1").get("/b", (c) => c.text("b"));
// Deprecated, but people call it. Without its type, lint says the same before and after Hono is installed.
Object(app).mount("/mounted", () => new Response("mounted"));
app.get("/throw", () => {
  throw new RangeError("broken");
});
app.get("/teapot", () => {
  throw new HTTPException(418, { message: "teapot" });
});
app.get("/itself", async (c) => c.text(await (await app.request("/sub/a")).text()));
app.onError((error, c) =>
  error instanceof HTTPException ? error.getResponse() : c.text(`caught ${error.message}`, 503),
);
app.notFound((c) => c.text("nothing here", 404));

export default app;
