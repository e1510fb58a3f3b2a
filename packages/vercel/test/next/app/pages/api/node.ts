import { instrument } from "@prefreeze/vercel/next";
import type { NextApiRequest, NextApiResponse } from "next";
import { hits } from "../../metrics";

export default instrument(async (request: NextApiRequest, response: NextApiResponse) => {
  hits.inc({ route: "api" });
  if (request.query["how"] === "throws") throw new RangeError("api");
  response.status(200).json({ ok: true });
});
