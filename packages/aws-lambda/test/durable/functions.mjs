// Durable functions. What each records where is in the counters' label `at`.
import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { counter, instrument } from "@prefreeze/aws-lambda";

const steps = counter({ name: "steps_total", help: "Steps.", labelNames: ["at"] });
const outside = counter({ name: "outside_total", help: "Outside steps.", labelNames: ["at"] });

const durable = (handler) => instrument(withDurableExecution(handler));
/** The wrong way around: its handler never returns if the execution is suspended. */
const insideOut = (handler) => withDurableExecution(instrument(handler));
const second = { seconds: 1 };

export const order = durable(async (event, context) => {
  outside.inc({ at: "top" });
  await context.step("charge", async () => steps.inc({ at: "charge" }));
  outside.inc({ at: "charged" });
  await context.wait(second);
  outside.inc({ at: "waited" });
  await context.step("send", async () => steps.inc({ at: "send" }));
  if (event.fail) throw new RangeError("no");
  outside.inc({ at: "end" });
  return { ok: true };
});

export const neverWaits = durable(async () => {
  outside.inc({ at: "top" });
  return { ok: true };
});

export const retries = durable(async (_event, context) => {
  outside.inc({ at: "top" });
  await context.step(
    "flaky",
    async ({ attempt }) => {
      steps.inc({ at: "flaky" });
      if (attempt < 3) throw new Error("again");
    },
    { retryStrategy: () => ({ shouldRetry: true, delay: second }) },
  );
  outside.inc({ at: "end" });
});

/** Its branches wait for different times, so one of them is ahead of the other. */
export const parallel = durable(async (_event, context) => {
  outside.inc({ at: "top" });
  const branch = (name, seconds) => async (child) => {
    outside.inc({ at: `${name} begins` });
    await child.step(name, async () => steps.inc({ at: name }));
    await child.wait({ seconds });
    outside.inc({ at: `${name} has waited` });
    await child.wait({ seconds });
    outside.inc({ at: `${name} ends` });
  };
  await context.parallel("both", [branch("left", 1), branch("right", 2)]);
  outside.inc({ at: "end" });
});

export const children = durable(async (_event, context) => {
  for (const virtualContext of [false, true]) {
    const kind = virtualContext ? "virtual" : "real";
    await context.runInChildContext(
      kind,
      async (child) => {
        outside.inc({ at: `${kind} begins` });
        await child.wait(second);
        outside.inc({ at: `${kind} ends` });
      },
      { virtualContext },
    );
    outside.inc({ at: `after ${kind}` });
  }
  await context.wait(second);
  outside.inc({ at: "end" });
});

export const approval = durable(async (_event, context) => {
  outside.inc({ at: "top" });
  await context.waitForCallback("approved", async () => steps.inc({ at: "ask" }));
  outside.inc({ at: "approved" });
  await context.waitForCondition(
    "shipped",
    async (state) => {
      steps.inc({ at: "look" });
      return { looks: state.looks + 1 };
    },
    {
      initialState: { looks: 0 },
      waitStrategy: ({ looks }) =>
        looks < 2 ? { shouldContinue: true, delay: second } : { shouldContinue: false },
    },
  );
  outside.inc({ at: "end" });
});

export const wrappedInside = insideOut(async (_event, context) => {
  await context.step("charge", async () => steps.inc({ at: "charge" }));
  await context.wait(second);
  return { ok: true };
});
