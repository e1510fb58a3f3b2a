// A wrapped app as a part of another.
import { instrument } from "@prefreeze/cloudflare-workers";
import { Hono } from "hono";

const app = instrument(new Hono());
app.get("/a", (c) => c.text("a"));

export default instrument(new Hono().route("/outer", app));
