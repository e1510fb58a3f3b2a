import { instrument } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const runtime = "edge";
export const dynamic = "force-dynamic";

export const GET = instrument(async (request: Request) => {
  hits.inc({ route: "edge" });
  if (request.url.includes("?throws")) throw new RangeError("edge");
  return Response.json({ ok: true });
});
