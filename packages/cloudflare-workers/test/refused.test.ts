import { expect, onTestFinished, test } from "vitest";
import { startWorker } from "../../../test/workers/worker.js";
import { fixture } from "./run-worker.js";

const NAMES = "fetch, scheduled, queue, email, tail, trace or connect";
const noHandler = `TypeError: prefreeze: instrument() needs an object with ${NAMES}`;
const aClass = "TypeError: prefreeze: instrument() needs an object, not a class:";

test("instrument() refuses what has no handlers, and names the function for a class", async () => {
  const worker = await startWorker({ entry: fixture("refused.ts"), nodejsCompat: true });
  onTestFinished(() => worker.stop());
  expect(await (await worker.fetch("/")).json()).toEqual({
    Orders: `${aClass} use instrumentEntrypoint()`,
    Counter: `${aClass} use instrumentDurableObject()`,
    Shipping: `${aClass} use instrumentWorkflow()`,
    Plain: `${aClass} give it a new one, or use instrumentDurableObject() for a Durable Object`,
    Static: "accepted",
    function: noHandler,
    app: "accepted",
    null: noHandler,
    undefined: noHandler,
    text: noHandler,
    empty: noHandler,
    "null handler": noHandler,
    "null handler beside another": "accepted",
    "no function": noHandler,
    test: noHandler,
  });
});
