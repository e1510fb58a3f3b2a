/** The platforms that have a size budget. */
export type SizedPlatform = "lambda" | "workers" | "vercel";

/** `counter`: the README's handler, with one counter. `all`: a counter, a gauge and a histogram. */
export type SizedHandler = "counter" | "all";

/** What people write, and nothing besides: all the rest of a bundle is ours. */
export function handlerSource(platform: SizedPlatform, handler: SizedHandler): string {
  return `${platform === "lambda" ? "" : PLAN_OF_REQUEST}${DEFINITIONS[handler](PACKAGES[platform])}${HANDLERS[
    platform
  ](RECORDINGS[handler])}`;
}

const PACKAGES = {
  lambda: "@prefreeze/aws-lambda",
  workers: "@prefreeze/cloudflare-workers",
  vercel: "@prefreeze/vercel",
} as const;

const COUNTER = `
  const orders = counter({ name: "orders_total", help: "Orders accepted.", labelNames: ["plan"] });
`;

const DEFINITIONS = {
  counter: (from: string) => `import { counter, instrument } from "${from}";${COUNTER}`,
  all: (from: string) => `import { counter, gauge, histogram, instrument } from "${from}";${COUNTER}
    const backlog = gauge({ name: "backlog_messages", help: "Messages waiting." });
    const charge = histogram({ name: "charge_duration_seconds", help: "Time to charge a card." });
  `,
};

const RECORDINGS = {
  counter: "orders.inc({ plan });",
  all: "orders.inc({ plan }); backlog.set(3); await charge.time(() => fetch(plan));",
};

const PLAN_OF_REQUEST = `
  const planOf = (request) => new URL(request.url).searchParams.get("plan");
`;

const HANDLERS = {
  lambda: (recordings: string) => `
    export const handler = instrument(async ({ plan }) => {
      ${recordings}
      return { ok: true };
    });
  `,
  workers: (recordings: string) => `
    export default instrument({
      async fetch(request) {
        const plan = planOf(request);
        ${recordings}
        return Response.json({ ok: true });
      },
    });
  `,
  vercel: (recordings: string) => `
    export const GET = instrument(async (request) => {
      const plan = planOf(request);
      ${recordings}
      return Response.json({ ok: true });
    });
  `,
};
