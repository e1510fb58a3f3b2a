import { testInert } from "../../../test/contract/test-inert.js";

testInert(
  new URL("fixtures/inert.mjs", import.meta.url),
  [
    {
      where: "on a developer's machine",
      reason: "this is not AWS Lambda, since AWS_LAMBDA_RUNTIME_API is not set",
      saysSo: true,
    },
    {
      where: "on Vercel, which runs on Lambda",
      env: { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001", VERCEL: "1" },
      reason: "this is Vercel, whose adapter is @prefreeze/vercel",
      saysSo: true,
    },
    {
      where: "in a child process of the function",
      env: { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001", PREFREEZE_RUNTIME_PID: "1" },
      reason: "a child process of the function pushes nothing",
    },
    {
      where: "on a developer's machine with PREFREEZE_DISABLED",
      env: { PREFREEZE_DISABLED: "true" },
      reason: "disabled by PREFREEZE_DISABLED",
    },
  ],
  { result: "result" },
);
