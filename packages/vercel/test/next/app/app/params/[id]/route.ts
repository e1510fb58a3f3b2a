import { instrument } from "@prefreeze/vercel/next";
import { hits } from "../../../metrics";

export const dynamic = "force-static";
export const generateStaticParams = () => [{ id: "a" }, { id: "b" }];

export const GET = instrument(
  async (_request: Request, { params }: { params: Promise<{ id: string }> }) => {
    hits.inc({ route: "params" });
    return Response.json(await params);
  },
);
