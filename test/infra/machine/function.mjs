// A program that serves three orders and ends. It runs on the machine under test, with the packages that are installed there.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { counter, instrumentServer } = createRequire("/opt/prefreeze/lib/")("@prefreeze/node");
const orders = counter({ name: "orders_total", help: "Orders accepted." });
const server = createServer((_, response) => {
  orders.inc();
  response.end("ok");
});
instrumentServer(server, { job: "shop" }).listen(0, "127.0.0.1", async () => {
  for (let order = 0; order < 3; order++) {
    await (await fetch(`http://127.0.0.1:${server.address().port}`)).text();
  }
  // The last push happens before the process ends.
  process.kill(process.pid, "SIGTERM");
});
