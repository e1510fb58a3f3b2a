import { expect, onTestFinished, test, vi } from "vitest";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway();

test("the entry for Next.js works where Next.js is not installed, as in tests of the app's own", async () => {
  const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_ACTIVE: "1", PREFREEZE_JOB: "shop" };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const next = await import("@prefreeze/vercel/next");
  const orders = next.counter({ name: "orders_total", help: "Orders.", labelNames: ["plan"] });
  await next.register();

  const GET = next.instrument(async (request: Request) => {
    orders.inc({ plan: "get" });
    return new Response(request.url);
  });
  const order = next.instrumentAction(async (plan: string) => {
    orders.inc({ plan });
    return plan;
  });
  const Page = next.instrumentPage(({ plan }: { readonly plan: string }) => {
    orders.inc({ plan });
    if (plan === "none") throw new RangeError("no plan");
    return `<p>${plan}</p>`;
  });

  expect(await (await GET(new Request("http://localhost/"))).text()).toBe("http://localhost/");
  expect(await order("action")).toBe("action");
  expect(Page({ plan: "page" })).toBe("<p>page</p>");
  const thrown = await Promise.resolve()
    .then(() => Page({ plan: "none" }))
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(RangeError);
  // Next.js reports what a page throws, and what nobody has wrapped.
  await next.onRequestError(thrown);
  await next.onRequestError(new SyntaxError("nothing wraps this"));

  await gateway.eventually("faas_invocations_total", { job: "shop" }).toBe(3);
  expect(await gateway.shown("orders_total")).toBe(4);
  expect(await gateway.shown("faas_errors_total", { error_type: "RangeError" })).toBe(1);
  expect(await gateway.shown("faas_errors_total", { error_type: "SyntaxError" })).toBe(1);
  expect(await gateway.shown("faas_invoke_duration_seconds_count")).toBe(4);
});

test("what is thrown and is no error counts once for each time, reported as it is or as an error", async () => {
  const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_ACTIVE: "1", PREFREEZE_JOB: "shop" };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { instrumentAction, onRequestError } = await import("@prefreeze/vercel/next");
  const failing = instrumentAction(async (thrown: unknown) => {
    throw thrown;
  });
  for (const thrown of ["sold out", 404, null, undefined, { code: 1 }]) {
    await failing(thrown).catch(() => undefined);
    await onRequestError(thrown);
    await failing(thrown).catch(() => undefined);
    const message = Object(thrown) === thrown ? JSON.stringify(thrown) : String(thrown);
    await onRequestError(new Error(message));
  }
  await onRequestError("nothing wraps this");
  await onRequestError("nothing wraps this");
  await onRequestError(new Error("nothing wraps this"));
  await gateway.eventually("faas_errors_total", { error_type: "string" }).toBe(4);
  for (const [errorType, count] of [
    ["number", 2],
    ["Error", 1],
  ] as const)
    expect(await gateway.shown("faas_errors_total", { error_type: errorType })).toBe(count);
});

test("a body that breaks counts once, though Next.js reports an error of its own", async () => {
  const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_ACTIVE: "1", PREFREEZE_JOB: "shop" };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { instrument, onRequestError } = await import("@prefreeze/vercel/next");
  const GET = instrument(
    async () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.error(new EvalError("cut")) }),
      ),
  );
  const sink = new WritableStream();
  const piping = GET().then(({ body }) => body!.pipeTo(sink));
  await piping.catch((cause) => onRequestError(new URIError("failed to pipe response", { cause })));
  await gateway.eventually("faas_errors_total", { error_type: "EvalError" }).toBe(1);
  expect(await gateway.shown("faas_errors_total", { error_type: "URIError" })).toBeUndefined();
});
