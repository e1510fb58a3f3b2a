// A process of its own, which reads every request to its end and answers `{}` with 200 after a given number of
// milliseconds. It answers a GET at once, with the body of the last PUT.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const [delayMs] = process.argv.slice(2).map(Number);
let put = "";
// A frozen function can be silent for any time, so no connection may be closed.
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
