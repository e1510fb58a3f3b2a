import { instrument } from "@prefreeze/vercel/next";
import type { NextRequest } from "next/server";
import { charge, orders } from "../../../metrics";
import { chargeCard } from "../../../payment";

export const POST = instrument(async (request: NextRequest) => {
  const { searchParams } = request.nextUrl;
  const plan = searchParams.get("plan") === "pro" ? "pro" : "free";
  try {
    await charge.time(() => chargeCard(searchParams.get("card")));
  } catch {
    // A status of 500 or more counts as a failure, as an error does.
    return Response.json({ ok: false }, { status: 502 });
  }
  orders.inc({ plan });
  return Response.json({ ok: true });
});
