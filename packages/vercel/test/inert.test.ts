import { testInert } from "../../../test/contract/test-inert.js";

const notVercel = "this is not Vercel, since VERCEL is not set";

testInert(
  new URL("fixtures/inert.mjs", import.meta.url),
  [
    { where: "on a developer's machine", reason: notVercel, saysSo: true },
    {
      where: "on Lambda",
      env: { AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001" },
      reason: notVercel,
      saysSo: true,
    },
    {
      where: "while Next.js builds on Vercel",
      env: { VERCEL: "1", NEXT_PHASE: "phase-production-build" },
      reason: "Next.js is building",
    },
    {
      where: "while Next.js builds elsewhere, with PREFREEZE_ACTIVE",
      env: { PREFREEZE_ACTIVE: "1", NEXT_PHASE: "phase-production-build" },
      reason: "Next.js is building",
    },
    {
      where: "on Vercel with PREFREEZE_DISABLED",
      env: { VERCEL: "1", PREFREEZE_DISABLED: "true" },
      reason: "disabled by PREFREEZE_DISABLED",
    },
    {
      where: "on a developer's machine with PREFREEZE_DISABLED",
      env: { PREFREEZE_DISABLED: "true" },
      reason: "disabled by PREFREEZE_DISABLED",
    },
  ],
  { results: ["fetch", "GET"] },
);
