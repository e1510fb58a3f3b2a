import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startRealGateway } from "../../../test/pushgateway/real.js";
import { prefreeze, startPrefreeze, temporaryFolder } from "./command.js";

const SECRET = "geheim-5391";
const FREE_PORT = ["--listen", "127.0.0.1:0"];
const FAST = ["--push-interval", "50ms", "--scrape-interval", "100ms"];
const LISTENING =
  /^prefreeze: listening on (http:\/\/127\.0\.0\.1:\d+), pushing totals to (http:\S+), state in (.+)$/;

/** What an instance pushes. */
const snapshot = (orders: number, sequence: number): string =>
  `# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total ${orders}\n` +
  `# HELP prefreeze_snapshot_sequence Sequence.\n# TYPE prefreeze_snapshot_sequence gauge\nprefreeze_snapshot_sequence ${sequence}\n`;

async function push(url: string, orders: number, sequence: number, headers = {}): Promise<number> {
  const { status } = await fetch(`${url}/metrics/job/shop/instance/a-1`, {
    method: "PUT",
    headers: { "content-type": "text/plain; version=0.0.4", ...headers },
    body: snapshot(orders, sequence),
  });
  return status;
}

/** A path to the gateway that breaks each connection while it is cut. @returns its address */
async function cuttablePath(gatewayUrl: string, isCut: () => boolean): Promise<string> {
  const { port } = new URL(gatewayUrl);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (isCut()) {
      socket.destroy();
      return;
    }
    const upstream = connect(Number(port), "127.0.0.1");
    sockets.add(socket).add(upstream);
    socket.on("data", (bytes) => (isCut() ? socket.destroy() : upstream.write(bytes)));
    socket.on("close", () => upstream.destroy()).on("error", () => undefined);
    upstream.on("error", () => undefined).pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts it with a state of its own. */
async function startAggregate(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const state = await temporaryFolder();
  const running = startPrefreeze(
    ["aggregate", "--state", state, ...FREE_PORT, ...words],
    environment,
  );
  const [, url = "", gateway, directory] = LISTENING.exec(await running.line(LISTENING))!;
  return { ...running, url, gateway, directory, state };
}

describe("prefreeze aggregate", () => {
  test("prints one line when it listens, and brings what is pushed to the gateway", async () => {
    await using gateway = await startRealGateway();
    const { url, lines, ...said } = await startAggregate(["--pushgateway", gateway.url, ...FAST]);
    expect(said).toMatchObject({ gateway: gateway.url, directory: said.state });
    expect(await push(url, 3, 1)).toBe(200);
    await vi.waitFor(
      async () => expect(await gateway.metrics()).toMatch(/^orders_total\{.*job="shop"\} 3$/m),
      { timeout: 10_000, interval: 50 },
    );
    expect(lines).toHaveLength(1);
  });

  test("prints one line when the gateway goes away, and one when it is back", async () => {
    await using gateway = await startRealGateway();
    let isCut = false;
    const path = await cuttablePath(gateway.url, () => isCut);
    const { url, line, lines } = await startAggregate(["--pushgateway", path, ...FAST]);
    await push(url, 1, 1);
    await vi.waitFor(async () => expect(await gateway.metrics()).toContain('job="shop"'));
    isCut = true;
    await push(url, 2, 2);
    await line(/^prefreeze: the Pushgateway at \S+ does not answer \(.+\): totals are kept/);
    isCut = false;
    await line(/^prefreeze: the Pushgateway at \S+ is back/);
    expect(lines).toHaveLength(3);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "ends cleanly on %s, and continues its totals when it is started again",
    async (signal) => {
      await using gateway = await startRealGateway();
      const words = ["--pushgateway", gateway.url, ...FAST];
      const first = await startAggregate(words);
      expect(await push(first.url, 7, 1)).toBe(200);
      expect(await first.end(signal)).toBe(0);

      const again = ["aggregate", "--state", first.state, ...FREE_PORT, ...words];
      const second = startPrefreeze(again);
      const [, url = ""] = LISTENING.exec(await second.line(LISTENING))!;
      expect(await push(url, 9, 2)).toBe(200);
      await vi.waitFor(
        async () => expect(await gateway.metrics()).toMatch(/^orders_total\{.*job="shop"\} 9$/m),
        { timeout: 10_000, interval: 50 },
      );
      expect([...first.lines.slice(1), ...second.lines.slice(1)]).toEqual([]);
    },
  );

  test("goes on when the reader of what it prints goes away", async () => {
    const { process, url, end } = await startAggregate(["--pushgateway", "http://127.0.0.1:1"]);
    process.stdout!.destroy();
    process.stderr!.destroy();
    expect(await push(url, 1, 1)).toBe(200);
    // By then, it has tried to say that there is no gateway.
    await vi.waitFor(async () => {
      const own = await (await fetch(`${url}/metrics`)).text();
      expect(own).toContain("prefreeze_aggregator_gateway_up 0\n");
    });
    expect(await push(url, 2, 2)).toBe(200);
    expect(await end("SIGTERM")).toBe(0);
  });

  test.each([
    [
      "a password from the environment",
      { PREFREEZE_USERNAME: "shop", PREFREEZE_PASSWORD: SECRET },
      `Basic ${Buffer.from(`shop:${SECRET}`).toString("base64")}`,
    ],
    ["a token from the environment", { PREFREEZE_BEARER_TOKEN: SECRET }, `Bearer ${SECRET}`],
  ])("asks for %s, and never prints it", async (_, environment, authorization) => {
    const { url, lines } = await startAggregate([], environment);
    expect(await push(url, 1, 1)).toBe(401);
    expect(await push(url, 1, 1, { authorization: "Bearer wrong" })).toBe(401);
    expect(await push(url, 1, 1, { authorization })).toBe(200);
    expect(lines.join("\n")).not.toContain(SECRET);
  });

  test("asks for credentials from files, whose last line break does not count", async () => {
    const folder = await temporaryFolder();
    const [user, password] = [join(folder, "user"), join(folder, "password")];
    await writeFile(user, "shop\n");
    await writeFile(password, `${SECRET}\r\n`);
    const { url } = await startAggregate(["--username-file", user, "--password-file", password]);
    expect(await push(url, 1, 1)).toBe(401);
    const basic = Buffer.from(`shop:${SECRET}`).toString("base64");
    expect(await push(url, 1, 1, { authorization: `Basic ${basic}` })).toBe(200);
  });
});

describe("prefreeze aggregate fails in one line, with exit code 1,", () => {
  async function expectFailure(words: readonly string[], reason: RegExp): Promise<void> {
    const { exitCode, stdout, stderr } = await prefreeze(words);
    expect(stderr.split("\n")).toEqual([expect.stringMatching(reason), ""]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  }

  test("if its state directory cannot be written", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    const state = join(file, "state");
    await expectFailure(
      ["aggregate", "--state", state, ...FREE_PORT],
      new RegExp(`^prefreeze: .*${state}.*`),
    );
  });

  test("if another process has its state directory", async () => {
    const { state } = await startAggregate([]);
    await expectFailure(
      ["aggregate", "--state", state, ...FREE_PORT],
      new RegExp(`^prefreeze: .*${state} is in use by process \\d+: .+`),
    );
  });

  test("if its port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const state = await temporaryFolder();
    await expectFailure(
      ["aggregate", "--state", state, "--listen", `127.0.0.1:${port}`],
      new RegExp(`^prefreeze: port ${port} of 127.0.0.1 is in use: .+`),
    );
    server.close();
  });

  test("if its certificate is none", async () => {
    const file = join(await temporaryFolder(), "cert.pem");
    await writeFile(file, "no certificate");
    await expectFailure(
      [
        "aggregate",
        "--state",
        await temporaryFolder(),
        ...FREE_PORT,
        "--tls-cert",
        file,
        "--tls-key",
        file,
      ],
      /^prefreeze: .*(certificate|TLS|PEM)/i,
    );
  });
});
