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
