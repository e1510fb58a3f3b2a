import { H3, HTTPError } from "h3";
import { chunks, wrap } from "./wrapper.mjs";

const app = wrap(new H3({ silent: true }));
app.get("/ok", () => ({ ok: true }));
app.get("/slow", async () => {
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { ok: true };
});
app.get("/bad", () => {
  throw new HTTPError({ status: 503, message: "down" });
});
app.get("/boom", () => {
  throw new Error("broken");
});
app.get("/stream", () => chunks());

export default app;
