import { instrumentPage } from "@prefreeze/vercel/next";
import { hits } from "../../../metrics";

export const generateStaticParams = () => [{ id: "a" }];

export default instrumentPage(async ({ params }: { readonly params: Promise<{ id: string }> }) => {
  hits.inc({ route: "page-params" });
  return <p>{(await params).id}</p>;
});
