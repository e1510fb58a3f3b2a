import { testRecorded } from "../../../test/contract/test-recorded.js";

testRecorded(
  () => import("@prefreeze/cloudflare-workers"),
  ({ instrument }, record) => {
    const worker = instrument({
      async fetch(request: Request): Promise<Response> {
        record();
        if (request.url.endsWith("/fails")) throw new RangeError("sold out");
        return new Response("ok");
      },
    });
    const ctx = { waitUntil: () => undefined, passThroughOnException: () => undefined };
    return (fails) =>
      Reflect.apply(worker.fetch, worker, [
        new Request(`https://example.com/${fails ? "fails" : ""}`),
        process.env,
        ctx,
      ]);
  },
  { PREFREEZE_ACTIVE: "1" },
);
