// A handler of h3 is a function, and Vercel calls its `fetch`.
import { defineHandler } from "h3";
import { chunks, wrap } from "./wrapper.mjs";

export default wrap(
  defineHandler(async ({ url, res }) => {
    if (url.pathname === "/slow") await new Promise((resolve) => setTimeout(resolve, 200));
    if (url.pathname === "/stream") return chunks();
    if (url.pathname === "/bad") res.status = 503;
    if (url.pathname === "/boom") res.status = 500;
    return "ok";
  }),
);
