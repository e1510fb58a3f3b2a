import { instrument } from "@prefreeze/vercel/next";
import { type NextRequest, NextResponse } from "next/server";
import { hits } from "./metrics";

export default instrument(async (request: NextRequest) => {
  hits.inc({ route: "proxy" });
  if (request.nextUrl.pathname === "/proxied/throws") throw new URIError("proxy");
  return NextResponse.next();
});

export const config = { matcher: "/proxied/:path*" };
