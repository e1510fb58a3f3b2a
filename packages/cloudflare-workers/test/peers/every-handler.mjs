// A Worker with every handler and kind of class, as it is without any tool.
import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from "cloudflare:workers";
import { counter } from "@prefreeze/cloudflare-workers";

const calls = counter({ name: "calls_total", help: "What ran.", labelNames: ["what"] });

function ran(what) {
  calls.inc({ what });
  console.log(`ran ${what}`);
}

/** A chain of `waitUntil`, each of which begins in the one before. */
async function chained(ctx, length) {
  await scheduler.wait(0);
  if (length > 1) ctx.waitUntil(chained(ctx, length - 1));
  else ran("end of chain");
}

function streamed() {
  const { readable, writable } = new TransformStream();
  const write = async () => {
    const writer = writable.getWriter();
    for (const text of ["a", "b", "c"]) {
      await scheduler.wait(1);
      await writer.write(new TextEncoder().encode(text));
    }
    await writer.close();
  };
  return [readable, write()];
}

const routes = {
  plain: () => new Response("plain", { status: 201, headers: { "x-own": "1" } }),
  stream(_, __, ctx) {
    const [body, written] = streamed();
    ctx.waitUntil(written);
    return new Response(body);
  },
  throw() {
    throw new RangeError("broken");
  },
  async send(_, env) {
    await env.QUEUE.send({ n: 1 });
    return new Response("sent");
  },
  wait(_, __, ctx) {
    ctx.waitUntil(chained(ctx, 20));
    return new Response("waits");
  },
  object: (request, env) => env.SHOP.getByName("one").fetch(request),
  async add(_, env) {
    return Response.json(await env.SHOP.getByName("one").add(1));
  },
  async alarm(_, env) {
    await env.SHOP.getByName("one").alarmSoon();
    return new Response("set");
  },
  async many(_, env) {
    const shop = env.SHOP.getByName("one");
    for (let i = 0; i < 300; i++) await shop.waits();
    return new Response("many");
  },
  async entrypoint(_, env) {
    return Response.json(await env.ENTRYPOINT.add(1));
  },
  async workflow(_, env) {
    await env.BILLING.create({ params: { n: 1 } });
    return new Response("created");
  },
};

export const handlers = {
  async fetch(request, env, ctx) {
    const route = new URL(request.url).pathname.slice(1);
    ran(`fetch ${route}`);
    return routes[route](request, env, ctx);
  },
  async queue(batch) {
    ran("queue");
    for (const message of batch.messages) message.ack();
  },
  async scheduled() {
    ran("scheduled");
  },
  async email() {
    ran("email");
  },
};

export class Shop extends DurableObject {
  #stock = 40;
  async fetch(request) {
    ran("object fetch");
    return new Response(`object ${new URL(request.url).pathname}`, { status: 202 });
  }
  async add(number) {
    ran("object add");
    return (this.#stock += number);
  }
  async alarmSoon() {
    ran("object alarmSoon");
    await this.ctx.storage.setAlarm(Date.now());
  }
  async alarm() {
    ran("object rang");
  }
  async waits() {
    this.ctx.waitUntil(scheduler.wait(1));
  }
}

export class Adder extends WorkerEntrypoint {
  async add(number) {
    ran("entrypoint add");
    return number + 1;
  }
}

export class Billing extends WorkflowEntrypoint {
  async run(event, step) {
    const charged = await step.do("charge", async () => event.payload.n);
    ran(`workflow ${charged}`);
  }
}
