import { instrumentPage } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const dynamic = "error";

export default instrumentPage(async () => {
  hits.inc({ route: "page-no-dynamic" });
  return <p>static</p>;
});
