import { instrumentPage } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const revalidate = 1;

export default instrumentPage(async () => {
  hits.inc({ route: "page-revalidated" });
  return <p>{Date.now()}</p>;
});
