import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, test } from "vitest";
import { runtimeClientFolder } from "@prefreeze/lambda-emulator/runtime-clients";
import { deployBundle, type Deployed, useBundle } from "./deploy.js";
import { forwardingGateway } from "../../../test/pushgateway/forwarding.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway(false);
const { shown } = gateway;
/** Longer than a runtime takes to answer, so a push that is not awaited is frozen before the gateway has it. */
const GATEWAY_TAKES_MS = 50;
beforeAll(() => runtimeClientFolder("ric-3"), 120_000);
const unregistered = useBundle("kinds.ts", { format: "cjs" });
const registered = useBundle("kinds-registered.ts", { format: "esm" });

/** The error type of each kind of handler; undefined if it succeeds. */
const returning = {
  result: undefined,
  nothing: undefined,
  httpFailure: undefined,
  error: "RangeError",
  text: "string",
  unserializable: undefined,
  throwsAtOnce: "RangeError",
  value: undefined,
  withContext: undefined,
};
const calling = {
  callback: undefined,
  callbackAtOnce: undefined,
  callbackUndefined: undefined,
  callbackError: "RangeError",
  callbackText: "string",
  callbackTwice: undefined,
  callbackThenThrows: undefined,
  callbackAndReturn: undefined,
  callbackAndPromise: undefined,
  callbackErrorAndPromise: "RangeError",
  promiseThenCallback: undefined,
  waitsForEmptyEventLoop: undefined,
  doesNotWait: undefined,
  neverCallsBack: undefined,
  done: undefined,
  doneWithError: "RangeError",
  succeed: undefined,
  fail: "RangeError",
  failWithNothing: "string",
  succeedInPromise: undefined,
};

/** Up to nodejs22.x, the runtime answers these itself, when the event loop is empty, and their push is not awaited. */
const neverAnswering = ["value", "neverCallsBack"];

const runtimes = [
  { runtimeClient: "ric-3", kinds: { ...returning, ...calling } },
  // The older client fails if a thenable has no `catch`. A wrapped handler returns a promise instead.
  { runtimeClient: "ric-4", kinds: { ...returning, thenable: undefined } },
] as const;

describe.concurrent.each(runtimes)(
  "a handler on AWS's runtime client $runtimeClient",
  ({ runtimeClient, kinds }) => {
    const cases = Object.entries(kinds).flatMap(([kind, errorType]) => [
      { kind, errorType, way: "unregistered", bundle: unregistered },
      { kind, errorType, way: "registered", bundle: registered },
    ]);

    test.for(cases)(
      "of kind $kind, $way, answers as if it were bare and is counted once per invocation",
      async (each, { expect, onTestFinished }) => {
        const { kind, errorType, bundle, way } = each;
        const job = `${kind}-${way}-${runtimeClient}`;
        const { url } = await forwardingGateway(
          gateway.url,
          () => sleep(GATEWAY_TAKES_MS),
          onTestFinished,
        );
        const env = { PUSHGATEWAY_URL: url };
        const [bare, wrapped] = await Promise.all(
          ["bare", "wrapped"].map((exported) =>
            deployBundle(
              bundle(),
              { exported: `${exported}.${kind}`, functionName: job, runtimeClient, env },
              onTestFinished,
            ),
          ),
        );
        const answersOfWrapped = await answers(wrapped!);
        const count = () =>
          Promise.all([
            shown("faas_invocations_total", { job }),
            shown("faas_errors_total", { job, error_type: errorType ?? "" }),
            shown("faas_invoke_duration_seconds_count", { job }),
          ]);
        if (runtimeClient === "ric-3" && way === "unregistered" && neverAnswering.includes(kind)) {
          // Their push ends before the next answer, at the latest.
          await wrapped!.invoke();
          expect([2, 3]).toContain((await count())[0]);
        } else {
          // The environment is frozen now: what is not at the gateway stays in the environment.
          expect(await count()).toEqual(errorType === undefined ? [2, 0, 2] : [0, 2, 2]);
        }
        expect(answersOfWrapped).toEqual(await answers(bare!));
        expect(wrapped!.lambda.coldStarts()).toBe(bare!.lambda.coldStarts());
      },
    );
  },
);

/** The answers of two invocations, as the caller sees them. */
async function answers({ invoke, lambda }: Deployed) {
  const first = await invoke();
  const second = await invoke();
  await lambda.settled();
  return [first, second].map(({ result, errorType, errorMessage }) => ({
    result,
    errorType,
    errorMessage,
  }));
}
