import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ownPort } from "../../../test/loopback/own-port.js";
import { startGateway, type Gateway } from "../src/index.js";
import { exchange, type Reply } from "./exchange.js";

let gateway: Gateway;

beforeEach(async () => {
  gateway = await startGateway();
});

afterEach(async () => {
  await gateway.stop();
});

async function push(
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return await exchange(gateway.url, {
    method: "PUT",
    path: `/metrics/job/${path}`,
    body,
    headers,
  });
}

describe("value()", () => {
  beforeEach(async () => {
    const orders = (pro: number, free: number): string => `# TYPE orders_total counter
orders_total{plan="pro"} ${pro}
orders_total{plan="free"} ${free}
# TYPE charge_seconds histogram
charge_seconds_bucket{le="0.5"} ${pro}
charge_seconds_bucket{le="+Inf"} ${free}
charge_seconds_sum ${pro / 2}
charge_seconds_count ${free}
`;
    await push("shop/instance/a", orders(1, 10));
    await push("shop/instance/b", orders(2, 20));
    await push(
      "other",
      'orders_total{plan="pro"} 4\n'.replace(/^/, "# TYPE orders_total counter\n"),
    );
  });

  test("sums over all groups and over labels that are not given", async () => {
    expect(await gateway.value("orders_total")).toBe(37);
    expect(await gateway.value("orders_total", { plan: "pro" })).toBe(7);
    expect(await gateway.value("orders_total", { plan: "pro", job: "shop" })).toBe(3);
    expect(await gateway.value("orders_total", { instance: "b" })).toBe(22);
  });

  test("an empty label matches a missing one", async () => {
    expect(await gateway.value("orders_total", { instance: "" })).toBe(4);
    expect(await gateway.value("orders_total", { region: "", instance: "a" })).toBe(11);
  });

  test("reads the buckets, sum and count of a histogram", async () => {
    expect(await gateway.value("charge_seconds_count")).toBe(30);
    expect(await gateway.value("charge_seconds_sum")).toBe(1.5);
    expect(await gateway.value("charge_seconds_bucket", { le: "0.5" })).toBe(3);
    expect(await gateway.value("charge_seconds_bucket", { le: "+Inf", instance: "a" })).toBe(10);
  });

  test("is undefined if no series matches", async () => {
    expect(await gateway.value("charge_seconds")).toBeUndefined();
    expect(await gateway.value("orders")).toBeUndefined();
    expect(await gateway.value("orders_total", { plan: "none" })).toBeUndefined();
    await gateway.reset();
    expect(await gateway.value("orders_total")).toBeUndefined();
  });
});

describe("groups()", () => {
  test("lists labels, push times and samples", async () => {
    const beforeSeconds = Date.now() / 1000;
    await push(
      "shop/instance/a",
      '# HELP x_total What x is.\n# TYPE x_total counter\nx_total{a="b"} 1\n',
    );
    const [group, ...more] = await gateway.groups();
    expect(more).toEqual([]);
    expect(group).toMatchObject({
      labels: { job: "shop", instance: "a" },
      lastPushSuccessful: true,
      pushFailureTimeSeconds: undefined,
      families: [
        {
          name: "x_total",
          type: "counter",
          help: "What x is.",
          samples: [{ name: "x_total", labels: { a: "b", instance: "a", job: "shop" }, value: 1 }],
        },
      ],
    });
    expect(group?.pushTimeSeconds).toBeGreaterThanOrEqual(beforeSeconds);
  });

  test("tells a gauge histogram from a histogram, which a scrape does not", async () => {
    await push("shop", '# TYPE h gaugehistogram\nh_bucket{le="1"} 1.5\nh_count 2.5\n');
    expect(await gateway.groups()).toMatchObject([
      { families: [{ name: "h", type: "gaugehistogram" }] },
    ]);
    expect(await gateway.metrics()).toContain("# TYPE h histogram\n");
    expect(await gateway.value("h_bucket", { le: "1" })).toBe(1.5);
    expect(await gateway.value("h_bucket", { le: "+Inf" })).toBe(2.5);
  });

  test("shows that the last push was refused", async () => {
    await push("shop", "x 1\n");
    await push("shop", "x 1\nx 2\n");
    expect(await gateway.groups()).toMatchObject([
      { lastPushSuccessful: false, families: [{ name: "x" }] },
    ]);
  });
});

describe("the page", () => {
  const page = async (): Promise<Reply> =>
    await exchange(gateway.url, { method: "GET", path: "/" });

  test("shows groups, their age and their values", async () => {
    await push(
      "shop/instance/i-1",
      '# HELP x_total What x is.\n# TYPE x_total counter\nx_total{a="b"} 1234567\n',
    );
    const { status, headers, body } = await page();
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    for (const shown of [
      "shop",
      "instance=<b>i-1</b>",
      "x_total",
      "What x is.",
      "counter",
      "a=<b>b</b>",
      "1,234,567",
    ]) {
      expect(body).toContain(shown);
    }
    expect(body).toMatch(/pushed <time [^>]*>\d seconds? ago</);
  });

  test("says that nothing has been pushed, or that a push was refused", async () => {
    expect((await page()).body).toContain("Nothing has been pushed yet");
    await push("shop", "x 1 1\n");
    const { body } = await page();
    expect(body).toContain("The last push was refused");
    expect(body).toContain("no push has succeeded");
  });

  test("escapes pushed text, and loads nothing", async () => {
    const evil = `<script>alert(1)</script>"'&`;
    const encoded = Buffer.from(evil).toString("base64url");
    const { status } = await exchange(gateway.url, {
      method: "PUT",
      path: `/metrics/job@base64/${encoded}/zone@base64/${encoded}`,
      body: `# HELP x ${evil}\nx{a=${JSON.stringify(evil)}} 1\n`,
    });
    expect(status).toBe(200);
    const { headers, body } = await page();
    expect(body).not.toContain("<script");
    expect(body.split("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;").length - 1).toBe(4);
    expect(body).not.toMatch(/\b(?:src|srcset|@import|url\()/);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test("shows some of many groups and samples", async () => {
    const body = Array.from({ length: 600 }, (_, i) => `x{i="${i}"} 1\n`).join("");
    for (let i = 0; i < 101; i += 1) await push(`job-${i}`, i === 100 ? body : "x{} 1\n");
    const shown = (await page()).body;
    expect(shown).toContain("101 groups");
    expect(shown).toContain("1 older groups are not shown");
    expect(shown).toContain("100 more samples are not shown");
  });
});

describe("a faulty client", () => {
  const stillWorks = async (): Promise<void> => {
    expect((await push("after", "x 1\n")).status).toBe(200);
    expect((await gateway.groups()).map(({ labels }) => labels["job"])).toEqual(["after"]);
  };

  test("is refused if its body unpacks to more than the limit", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1, "\n"));
    const { status, body } = await push("a", bomb, { "content-encoding": "gzip" });
    expect([status, body]).toEqual([413, "the body is larger than 67108864 bytes\n"]);
    await stillWorks();
  });

  test("is refused if its gzip is cut or corrupt", async () => {
    const good = gzipSync("x 1\n".repeat(1000));
    for (const bad of [
      good.subarray(0, -9),
      Buffer.concat([good.subarray(0, 20), Buffer.alloc(30, 7)]),
    ]) {
      expect((await push("a", bad, { "content-encoding": "gzip" })).status).toBe(400);
    }
    await stillWorks();
  });

  test("stores nothing if it goes away in the middle of its body", async () => {
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    const closed = once(socket.resume(), "close");
    socket.end("PUT /metrics/job/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx 1\n");
    await closed;
    await stillWorks();
  });

  test("gets a 400 if it does not speak HTTP", async () => {
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    socket.end("nonsense\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1.1 400 /);
    socket.destroy();
    await stillWorks();
  });

  test("is told if its encoding or its format cannot be read", async () => {
    expect(await push("a", "x 1\n", { "content-encoding": "snappy" })).toMatchObject({
      status: 415,
      body: "this gateway does not read snappy; send gzip or plain text\n",
    });
    const protobuf = { "content-type": "application/vnd.google.protobuf; encoding=delimited" };
    expect(await push("a", "x 1\n", protobuf)).toMatchObject({
      status: 415,
      body: "this gateway does not read protobuf; send the text format 0.0.4\n",
    });
    await stillWorks();
  });

  test("is told why its push is refused", async () => {
    await push("a", "# TYPE x counter\nx 1\n");
    const { status, body } = await push("b", "# TYPE x gauge\nx 1\n");
    expect(status).toBe(400);
    expect(body).toBe(
      'pushed metrics are invalid or inconsistent with existing metrics: "x" is a gauge here and a counter elsewhere\n',
    );
    expect((await push("b", "x 1\ny one\n")).body).toBe(
      'text format parsing error in line 2: expected a float as value, got "one"\n',
    );
  });
});

describe("starting and stopping", () => {
  test("an error names the port in use and says what to do", async () => {
    const port = Number(new URL(gateway.url).port);
    await expect(startGateway({ port })).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is in use: stop the program that listens on it, or pass another port (0 takes a free one).`,
    );
  });

  test("stop closes idle connections, frees the port, and may be called twice", async () => {
    const port = await ownPort();
    const first = await startGateway({ port });
    await fetch(`${first.url}/metrics/job/a`, { method: "PUT", body: "x 1\n" });
    await Promise.all([first.stop(), first.stop()]);
    await first.stop();
    await expect(fetch(first.url)).rejects.toThrow();
    await using again = await startGateway({ port });
    expect(again.url).toBe(first.url);
    expect(await again.groups()).toEqual([]);
  });

  test("await using stops the gateway", async () => {
    let url = "";
    {
      await using scoped = await startGateway({ port: await ownPort() });
      url = scoped.url;
      expect((await fetch(`${url}/-/ready`)).status).toBe(200);
    }
    await expect(fetch(url)).rejects.toThrow();
  });

  test("the URL works if it listens on all addresses, or on IPv6", async () => {
    for (const host of ["0.0.0.0", "::1", "localhost"]) {
      await using other = await startGateway({ host });
      expect((await fetch(`${other.url}/-/healthy`)).status).toBe(200);
    }
  });

  test("metrics() returns what a scrape gets", async () => {
    await push("a", "x 1\n");
    const scraped = await exchange(gateway.url, { method: "GET", path: "/metrics" });
    expect(scraped.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(scraped.body).toBe(await gateway.metrics());
    const { body } = await exchange(gateway.url, { method: "GET", path: "/api/v1/status" });
    expect(JSON.parse(body)).toMatchObject({
      status: "success",
      data: { build_information: { version: "embedded" } },
    });
  });

  test("/api/v1/metrics lists the groups, with the time of each family's own push", async () => {
    await push("a", "x 1\n");
    await exchange(gateway.url, { method: "POST", path: "/metrics/job/a", body: "y 1e7\n" });
    const listed = await exchange(gateway.url, { method: "GET", path: "/api/v1/metrics" });
    expect(listed.headers["content-type"]).toBe("application/json");
    const { data } = JSON.parse(listed.body) as { data: readonly Record<string, unknown>[] };
    expect(data).toMatchObject([
      {
        labels: { job: "a" },
        last_push_successful: true,
        x: { type: "UNTYPED", metrics: [{ labels: { job: "a", instance: "" }, value: "1" }] },
        y: { type: "UNTYPED", metrics: [{ labels: { job: "a", instance: "" }, value: "1e+07" }] },
      },
    ]);
    const [times] = data as readonly Record<string, { time_stamp: string }>[];
    expect(times!["x"]!.time_stamp <= times!["y"]!.time_stamp).toBe(true);
    expect(times!["y"]!.time_stamp).toBe(times!["push_time_seconds"]!.time_stamp);
  });
});
