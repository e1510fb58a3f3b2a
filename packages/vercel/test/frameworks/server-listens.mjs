// No export, but a server that listens.
import { createServer } from "node:http";
import { wrap } from "./wrapper.mjs";

wrap(
  createServer((req, res) => {
    if (req.url === "/slow") setTimeout(() => res.end("slow"), 200);
    else if (req.url === "/stream") {
      res.write("a");
      setTimeout(() => res.end("b"), 200);
    } else {
      res.statusCode = { "/bad": 503, "/boom": 500 }[req.url] ?? 200;
      res.end("answered");
    }
  }),
).listen(3_000);
