import { instrument } from "@prefreeze/vercel/next";
import type { NextRequest } from "next/server";
import { hits } from "../../metrics";

export const GET = instrument(async (request: NextRequest) => {
  hits.inc({ route: "get" });
  return Response.json({ plan: request.nextUrl.searchParams.get("plan") });
});

export const POST = instrument(async (request: NextRequest) => {
  hits.inc({ route: "post" });
  return Response.json({ got: await request.text() }, { status: 201 });
});
