import { instrumentPage } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export const runtime = "edge";

export default instrumentPage(() => {
  hits.inc({ route: "page-edge" });
  return <p>edge</p>;
});
