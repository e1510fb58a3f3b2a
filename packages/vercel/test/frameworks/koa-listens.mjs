import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import Koa from "koa";
import { chunks, wrap } from "./wrapper.mjs";

const app = wrap(new Koa());
app.silent = true;
app.use(async (ctx) => {
  if (ctx.path === "/slow") await delay(200);
  if (ctx.path === "/boom") throw new Error("broken");
  if (ctx.path === "/bad") ctx.status = 503;
  ctx.body = ctx.path === "/stream" ? Readable.fromWeb(chunks()) : "ok";
});
app.listen(3_000);
