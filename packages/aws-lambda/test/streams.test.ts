import { beforeAll, describe, test } from "vitest";
import { runtimeClientFolder } from "@prefreeze/lambda-emulator/runtime-clients";
import { deployBundle, type Deployed, useBundle } from "./deploy.js";
import { httpEvents } from "./events/http.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";

const gateway = useGateway(false);
const { shown } = gateway;
beforeAll(() => runtimeClientFolder("ric-3"), 120_000);
const unregistered = useBundle("streams.ts", { format: "cjs" });
const registered = useBundle("streams-registered.ts", { format: "esm" });

/** The error type of each kind of handler; undefined if it succeeds. */
const kinds = {
  written: undefined,
  piped: undefined,
  goesOn: undefined,
  http: undefined,
  httpFailure: "503",
  throwsBefore: "RangeError",
  throwsMidway: "RangeError",
  returnsValue: undefined,
  notAsync: "TypeError",
};

const cases = Object.entries(kinds).flatMap(([kind, errorType]) => [
  { kind, errorType, way: "unregistered", wrapped: "outside", bundle: unregistered },
  { kind, errorType, way: "registered", wrapped: "inside", bundle: registered },
]);

describe.concurrent.each(["ric-3", "ric-4"] as const)(
  "a streaming handler on AWS's runtime client %s",
  (runtimeClient) => {
    test.for(cases)(
      "of kind $kind, $way, wrapped $wrapped, sends the bytes and the error of a bare one and is counted once per invocation",
      async ({ kind, errorType, way, wrapped, bundle }, { expect, onTestFinished }) => {
        const job = `${kind}-${way}-${runtimeClient}`;
        const env = { PUSHGATEWAY_URL: gateway.url };
        const [bare, instrumented] = await Promise.all(
          ["bare", wrapped].map((exported) =>
            deployBundle(
              bundle(),
              { exported: `${exported}.${kind}`, functionName: job, runtimeClient, env },
              onTestFinished,
            ),
          ),
        );
        expect(await answers(instrumented!)).toEqual(await answers(bare!));
        const counts = async () => [
          await shown("faas_invocations_total", { job }),
          await shown("faas_errors_total", { job, error_type: errorType ?? "" }),
          await shown("faas_invoke_duration_seconds_count", { job }),
        ];
        await expect.poll(counts).toEqual(errorType === undefined ? [2, 0, 2] : [0, 2, 2]);
        if (kind === "goesOn")
          expect(await shown("faas_invoke_duration_seconds_sum", { job })).toBeGreaterThan(0.19);
      },
    );
  },
);

/** The answers of two invocations, as the caller sees them. */
async function answers({ stream, lambda }: Deployed) {
  const first = await stream(httpEvents["a function URL"]);
  await lambda.settled();
  const second = await stream(httpEvents["a function URL"]);
  await lambda.settled();
  return [first, second].map(({ body, errorCode, error }) => ({
    // If nothing was sent before, the error is the body, with a stack trace in which the wrapper shows.
    body: body.replace(/,"trace":.*/, ""),
    errorCode,
    errorType: error?.errorType,
    errorMessage: error?.errorMessage.replace(/RequestId: \S+/, ""),
  }));
}
