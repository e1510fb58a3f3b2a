import { instrument } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const dynamic = "force-static";

export const GET = instrument(async () => {
  hits.inc({ route: "static" });
  return Response.json({ ok: true });
});
