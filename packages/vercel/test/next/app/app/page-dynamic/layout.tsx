import { instrumentPage } from "@prefreeze/vercel/next";
import type { ReactNode } from "react";
import { hits } from "../../metrics";

export default instrumentPage(({ children }: { readonly children: ReactNode }) => {
  hits.inc({ route: "layout" });
  return <section>{children}</section>;
});
