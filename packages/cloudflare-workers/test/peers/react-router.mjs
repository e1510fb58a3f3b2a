// The entry of React Router's template for Workers.
import { instrument } from "@prefreeze/cloudflare-workers";
import { createRequestHandler } from "react-router";

const requestHandler = createRequestHandler(() => import("./react-router-build.mjs"), "production");

export default instrument({
  async fetch(request, env, ctx) {
    return requestHandler(request, { cloudflare: { env, ctx } });
  },
});
