import { instrument } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const dynamic = "error";

export const GET = instrument(async (_request: Request) => {
  hits.inc({ route: "no-dynamic" });
  return Response.json({ ok: true });
});
