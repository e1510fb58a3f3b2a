// A process of its own. It reads every request to its end, and answers 200 with `{}` after a delay, which is its
// argument in milliseconds. It answers a GET at once, with the body of the last PUT.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const [delayMs] = process.argv.slice(2).map(Number);
let put = "";
// A function can be frozen for any length of time, so connections must stay open.
const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  void text(request).then((body) => {
    if (request.method === "PUT") put = body;
    const answer = () => response.setHeader("content-type", "application/json").end("{}");
    if (request.method === "GET") response.end(put);
    else if (delayMs) setTimeout(answer, delayMs);
    else answer();
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.once("disconnect", () => process.exit());
process.send?.((server.address() as AddressInfo).port);
