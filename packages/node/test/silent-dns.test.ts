import type { Transport } from "@prefreeze/core";
import { httpTransport } from "@prefreeze/node";
import { undiciTransport } from "@prefreeze/node/undici";
import { execFile, spawnSync } from "node:child_process";
import dns from "node:dns";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { nodeHttpTransport } from "../src/transport/node-http-transport.js";
import { recordingServer } from "./recording-server.js";

const transports: [string, Transport][] = [
  ["http", httpTransport],
  ["node:http", nodeHttpTransport],
  ["undici", undiciTransport()],
];

/** Pushes, and gives up when the time is up. */
async function push(send: Transport, url: string, timeoutMs = 5_000): Promise<unknown> {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), timeoutMs).unref();
  const request = { method: "PUT", url, headers: {}, body: "a 1\n", controller } as const;
  return send({ ...request, timeoutMs, signal: controller.signal }).catch(
    (error: unknown) => error,
  );
}

test.each(transports.slice(0, 2))(
  "by %s, a name without an address is an error",
  async (_, send) => {
    vi.spyOn(dns, "lookup").mockImplementation(((_: string, __: object, report: Found) =>
      report(null, [])) as typeof dns.lookup);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(await push(send, "http://gateway.test/", 500)).toMatchObject({
      message: expect.stringContaining("Invalid IP address") as string,
      nothingSent: true,
    });
  },
);

type Found = (error: Error | null, addresses: { address: string; family: 4 }[]) => void;

test.each(transports)(
  "by %s, one look-up is outstanding at most, over all gateways and protocols, and the next push after it succeeds",
  async (_, send) => {
    const { url, requests } = await recordingServer();
    const named = url.replace("127.0.0.1", "gateway.test");
    // Stands in for a silent name server, which a test cannot have on every machine.
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    let silent = true;
    const lookup = vi.spyOn(dns, "lookup").mockImplementation(((
      name: string,
      _options: unknown,
      found: Found,
    ) => {
      asked.push(name);
      const answer = () => found(null, [{ address: "127.0.0.1", family: 4 }]);
      if (silent) answers.push(answer);
      else answer();
    }) as never);
    onTestFinished(() => lookup.mockRestore());
    for (const gateway of [named, "https://two.test", named, "http://three.test"]) {
      expect(await push(send, gateway, 50)).toMatchObject({
        message: "no connection in time",
        nothingSent: true,
      });
      expect(asked).toEqual(["gateway.test"]);
    }
    expect(requests).toEqual([]);
    silent = false;
    for (const answer of answers) answer();
    expect(await push(send, named)).toMatchObject({ status: 202 });
  },
);

test("two pushes at once share the look-up of their gateway", async () => {
  const { url, requests } = await recordingServer();
  const lookup = vi.spyOn(dns, "lookup");
  onTestFinished(() => lookup.mockRestore());
  const named = url.replace("127.0.0.1", "localhost");
  await Promise.all([push(httpTransport, named), push(httpTransport, named)]);
  expect(requests).toHaveLength(2);
  expect(lookup).toHaveBeenCalledTimes(1);
});

/** Only Linux has namespaces, and not every machine allows them. */
const own = ["-rmn", "sh", "-c"];
const hasNamespaces = spawnSync("unshare", [...own, "ip link set lo up"]).status === 0;

test.runIf(hasNamespaces).each(["http", "undici"])(
  "beside pushes by %s to gateways whose names a silent name server does not resolve, the function's own look-ups do not wait",
  async (transport) => {
    const program = fileURLToPath(new URL("fixtures/silent-dns.mjs", import.meta.url));
    const script = `ip link set lo up && file=$(mktemp) && echo nameserver 127.0.0.1 > $file &&
      mount --bind $file /etc/resolv.conf && rm $file && exec "$0" "$@"`;
    const { stdout } = await promisify(execFile)("unshare", [
      ...own,
      script,
      process.execPath,
      program,
      transport,
    ]);
    const { failures, tookMs } = JSON.parse(stdout) as {
      readonly failures: readonly unknown[];
      readonly tookMs: readonly number[];
    };
    expect(failures).toEqual(
      Array(4).fill({ message: "no connection in time", nothingSent: true }),
    );
    expect(Math.max(...tookMs)).toBeLessThan(3_000);
  },
  60_000,
);
