import { instrument } from "@prefreeze/vercel/next";
import { forbidden, notFound, redirect, unauthorized } from "next/navigation";

class OutOfStock extends Error {
  override readonly name = "OutOfStock";
}

export const GET = instrument(
  async (
    _request: Request,
    { params }: { params: Promise<{ how: string }> },
  ): Promise<Response> => {
    const { how } = await params;
    if (how === "redirect") redirect("/");
    if (how === "not-found") notFound();
    if (how === "unauthorized") unauthorized();
    if (how === "forbidden") forbidden();
    if (how === "text") throw "a text";
    if (how === "status") return new Response("down", { status: 503 });
    throw new OutOfStock("nothing left");
  },
);
