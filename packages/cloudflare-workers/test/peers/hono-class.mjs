// A class of its own that extends Hono, with private state.
import { counter, instrument } from "@prefreeze/cloudflare-workers";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";

const greetings = counter({ name: "greetings_total", help: "Greetings." });

class Shop extends Hono {
  #visits = 0;

  constructor() {
    super();
    this.get("/visits", (c) => {
      greetings.inc();
      return c.json({ visits: ++this.#visits, isShop: this instanceof Shop });
    });
    this.get("/events", (c) =>
      streamSSE(c, async (stream) => {
        for (const data of ["1", "2"]) await stream.writeSSE({ data });
      }),
    );
    this.get("/context", (c) => {
      c.executionCtx.waitUntil(scheduler.wait(1).then(() => greetings.inc()));
      return c.text(c.env.GREETING);
    });
  }
}

export default instrument(new Shop());
