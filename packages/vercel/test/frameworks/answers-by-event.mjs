// Its promise resolves at once; events answer later.
import { Readable } from "node:stream";
import { wrap } from "./wrapper.mjs";

async function* chunks() {
  yield "a";
  await new Promise((resolve) => setTimeout(resolve, 200));
  yield "b";
}

export default wrap(async (req, res) => {
  await Promise.resolve();
  if (req.url === "/slow") Readable.from(chunks()).pipe(res);
  else if (req.url === "/bad")
    setTimeout(() => {
      res.statusCode = 503;
      res.end("down");
    }, 50);
  else if (req.url === "/boom")
    setTimeout(() => {
      res.statusCode = 500;
      res.end("broken");
    }, 20);
  else if (req.url === "/stream") {
    res.write("a");
    setTimeout(() => res.end("b"), 200);
  } else res.end("ok");
});
