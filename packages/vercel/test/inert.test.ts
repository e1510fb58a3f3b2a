import { testInert } from "../../../test/contract/test-inert.js";

testInert(
  new URL("fixtures/inert.mjs", import.meta.url),
  [
    ["on a developer's machine", {}],
    ["on Lambda", { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001" }],
    ["while Next.js builds on Vercel", { VERCEL: "1", NEXT_PHASE: "phase-production-build" }],
    ["on Vercel with PREFREEZE_DISABLED", { VERCEL: "1", PREFREEZE_DISABLED: "true" }],
  ],
  { results: ["fetch", "GET"] },
);
