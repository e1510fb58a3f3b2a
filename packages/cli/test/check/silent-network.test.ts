import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { checkOf, failureOf } from "./steps-of.js";

test("a port whose packets nobody answers is given up in time", async () => {
  // The system drops what connects while the queue of a stopped program is full, as a firewall does.
  const child = spawn(
    process.execPath,
    [
      "-e",
      `const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 },
        () => console.log(server.address().port));`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(text.toString());
  child.kill("SIGSTOP");
  const queued = Array.from({ length: 4 }, () =>
    connect(port, "127.0.0.1").on("error", () => undefined),
  );
  onTestFinished(async () => {
    for (const socket of queued) socket.destroy();
    child.kill("SIGKILL");
    await ended;
  });
  await once(queued[0]!, "connect");
  const beganMs = performance.now();
  expect(failureOf(await checkOf(`http://127.0.0.1:${port}`, { timeoutMs: 500 }))).toMatch(
    /^connect: 127\.0\.0\.1:\d+ does not answer within 500 ms\. Something drops the packets: a firewall/,
  );
  expect(performance.now() - beganMs).toBeLessThan(2_000);
});

/** Only Linux has namespaces, and not every machine allows them. */
const own = ["-rmn", "sh", "-c"];
const hasNamespaces = spawnSync("unshare", [...own, "ip link set lo up"]).status === 0;

test.runIf(hasNamespaces)(
  "a silent name server is given up in time, and the command ends then",
  async () => {
    const program = fileURLToPath(new URL("../../bin/prefreeze.js", import.meta.url));
    const silent = `require("node:dgram").createSocket("udp4").bind(53, "127.0.0.1")`;
    const script = `ip link set lo up && file=$(mktemp) && echo nameserver 127.0.0.1 > $file &&
      mount --bind $file /etc/resolv.conf && rm $file &&
      { "$0" -e '${silent}' & server=$!; sleep 0.3; "$0" "$@"; code=$?; kill $server; exit $code; }`;
    const beganMs = performance.now();
    const failure = await promisify(execFile)("unshare", [
      ...own,
      script,
      process.execPath,
      program,
      "check",
      "--pushgateway",
      "push.example.com",
      "--timeout",
      "500ms",
      "--json",
    ]).catch((error: unknown) => error as { code: number; stdout: string });
    expect(performance.now() - beganMs).toBeLessThan(4_000);
    expect(failure).toMatchObject({ code: 3 });
    expect(JSON.parse(failure.stdout)).toMatchObject({
      ok: false,
      checks: [
        {
          failed: "resolve",
          steps: [{ message: "the name server does not answer within 500 ms" }],
        },
      ],
    });
  },
);
