import { testInert } from "../../../test/contract/test-inert.js";

testInert(
  new URL("fixtures/inert.mjs", import.meta.url),
  [["in Node, as in unit tests of a Worker", {}]],
  // It holds no promise in `waitUntil` either.
  { result: "http://localhost/ http://127.0.0.1:9 ctx", waits: 0 },
);
