// Handlers by method in the default export.
import { chunks, wrap } from "./wrapper.mjs";

export default wrap({
  async GET(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/slow") await new Promise((resolve) => setTimeout(resolve, 200));
    if (pathname === "/boom") throw new Error("broken");
    return new Response(pathname === "/stream" ? chunks() : "ok", {
      status: pathname === "/bad" ? 503 : 200,
    });
  },
});
