import { instrument } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const dynamic = "force-static";
export const revalidate = 1;

export const GET = instrument(async () => {
  hits.inc({ route: "revalidated" });
  return Response.json({ at: Date.now() });
});
