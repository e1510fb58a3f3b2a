import { testInert } from "../../../test/contract/test-inert.js";

testInert(
  new URL("fixtures/inert.mjs", import.meta.url),
  [
    {
      where: "in Node, as in unit tests of a Worker",
      reason: "this is not the Workers runtime",
      saysSo: true,
    },
    {
      where: "in Node with PREFREEZE_DISABLED",
      env: { PREFREEZE_DISABLED: "1" },
      reason: "disabled by PREFREEZE_DISABLED",
    },
  ],
  // It holds no promise in `waitUntil` either.
  { result: "http://localhost/ ctx", waits: 0 },
);
