import { testInert } from "../../../test/contract/test-inert.js";

testInert(
  new URL("fixtures/inert.mjs", import.meta.url),
  [
    ["on a developer's machine", { PUSHGATEWAY_URL: "http://127.0.0.1:9" }],
    ["on Vercel, which runs on Lambda", { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001", VERCEL: "1" }],
  ],
  { result: "result" },
);
