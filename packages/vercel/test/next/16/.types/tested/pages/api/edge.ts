import { instrument } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const config = { runtime: "edge" };

export default instrument(async (_request: Request) => {
  hits.inc({ route: "api-edge" });
  return Response.json({ ok: true });
});
