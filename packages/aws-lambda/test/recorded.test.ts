import { beforeEach, describe, expect, test, vi } from "vitest";
import { testRecorded } from "../../../test/contract/test-recorded.js";

testRecorded(
  () => import("@prefreeze/aws-lambda"),
  ({ instrument }, record) => {
    const handler = instrument(
      async (
        event: { readonly rawPath: string; readonly requestContext: object },
        _context: object,
      ) => {
        record();
        if (event.rawPath === "/fails") throw new RangeError("sold out");
        return { statusCode: 200 };
      },
    );
    return (fails) =>
      handler(
        { rawPath: fails ? "/fails" : "/", requestContext: { http: { method: "GET" } } },
        { awsRequestId: "1", getRemainingTimeInMillis: () => 3_000 },
      );
  },
  { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9", AWS_LAMBDA_FUNCTION_NAME: "shop" },
);

describe("recorded() tells how a handler ended that answers", () => {
  beforeEach(() => vi.resetModules());
  const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 3_000 };
  const http = { requestContext: { http: { method: "GET" } } };

  test("by its callback, with an error or a status", async () => {
    const { instrument, recorded } = await import("@prefreeze/aws-lambda");
    type Answer = (error: Error | null, result?: object) => void;
    const handler = instrument((fails: boolean | typeof http, _context: object, answer: Answer) => {
      setImmediate(() =>
        fails === true ? answer(new RangeError("sold out")) : answer(null, { statusCode: 503 }),
      );
    });
    const answered = (event: boolean | typeof http) =>
      recorded(() => new Promise<void>((resolve) => handler(event, context, () => resolve())));
    expect(await answered(true)).toMatchObject({ outcome: "failed", errorType: "RangeError" });
    expect(await answered(http)).toMatchObject({ outcome: "failed", errorType: "503" });
  });

  test("by a method of its context", async () => {
    const { instrument, recorded } = await import("@prefreeze/aws-lambda");
    const fail = vi.fn();
    const handler = instrument((_event: object, given: { fail(error: Error): void }) =>
      given.fail(new TypeError("sold out")),
    );
    const record = await recorded(() => handler({}, { ...context, fail }));
    expect(record).toMatchObject({ outcome: "failed", errorType: "TypeError" });
    expect(fail).toHaveBeenCalledTimes(1);
  });

  test("through the middy middleware", async () => {
    const { recorded } = await import("@prefreeze/aws-lambda");
    const { prefreeze } = await import("@prefreeze/aws-lambda/middy");
    const { before, after } = prefreeze();
    const request = { event: http, context, response: { statusCode: 503 } };
    const record = await recorded(async () => {
      before(request);
      await after(request);
    });
    expect(record).toMatchObject({ trigger: "http", outcome: "failed", errorType: "503" });
  });
});
