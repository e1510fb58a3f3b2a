import { testRecorded } from "../../../test/contract/test-recorded.js";

testRecorded(
  () => import("@prefreeze/vercel"),
  ({ instrument }, record) => {
    const GET = instrument(async (request: Request) => {
      record();
      if (request.url.endsWith("/fails")) throw new RangeError("sold out");
      return new Response("ok");
    });
    return (fails) => GET(new Request(`https://example.com/${fails ? "fails" : ""}`));
  },
  { VERCEL: "1" },
);
