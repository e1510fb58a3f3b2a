import { instrumentPage } from "@prefreeze/vercel/next";
import { hits } from "../../metrics";

export default instrumentPage(() => {
  hits.inc({ route: "page-static" });
  return <p>static</p>;
});
