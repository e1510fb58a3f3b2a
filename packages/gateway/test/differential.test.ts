import fc from "fast-check";
import { once } from "node:events";
import { connect } from "node:net";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseText } from "../../../test/pushgateway/parse.js";
import { startRealGateway, type RealGateway } from "../../../test/pushgateway/real.js";
import { startGateway, type Gateway } from "../src/index.js";
import { arbitraryRequest } from "./arbitrary-request.js";
import { comparable } from "./comparable.js";
import { exchange, type Exchange } from "./exchange.js";
import { stories } from "./requests.js";

const FETCH_TIMEOUT_MS = 120_000;
const NO_ANSWER_MS = 500;
const RUNS = 60;

let real: RealGateway;
let embedded: Gateway;

beforeAll(async () => {
  // The log of an edited help text grows with the square of the groups.
  real = await startRealGateway({ flags: ["--log.level=error"] });
  embedded = await startGateway();
}, FETCH_TIMEOUT_MS);

afterAll(async () => {
  await real?.stop();
  await embedded?.stop();
});

/** Sends the same to both, from empty on; both must agree after each request. */
async function compare(requests: readonly Exchange[]): Promise<void> {
  await real.wipe();
  await embedded.reset();
  for (const request of requests) {
    const [theirs, ours] = await Promise.all([
      exchange(real.url, request),
      exchange(embedded.url, request),
    ]);
    const what = `${request.method} ${request.path}\n${String(request.body ?? "")}\nreal: ${theirs.body}ours: ${ours.body}`;
    expect(statusClass(ours.status), what).toBe(statusClass(theirs.status));
    expect(await state(embedded), what).toBe(await state(real));
  }
}

function statusClass(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}

async function state(gateway: RealGateway | Gateway): Promise<string> {
  // Deletions wait in the real one's queue; a push is answered when the queue has come to it.
  await exchange(gateway.url, { method: "PUT", path: "/metrics/job/queue_is_empty" });
  return comparable(await gateway.metrics(), await disagreeingHelp());
}

/** The names whose help differs between groups. */
async function disagreeingHelp(): Promise<Set<string>> {
  const helps = new Map<string, Set<string | undefined>>();
  for (const { families } of await embedded.groups()) {
    for (const { name, help } of families)
      helps.set(name, (helps.get(name) ?? new Set()).add(help));
  }
  return new Set([...helps].filter(([, texts]) => texts.size > 1).map(([name]) => name));
}

describe("the embedded gateway does what the real one does", () => {
  test.each(stories.map((story) => [story.title, story] as const))("%s", async (_, story) => {
    await compare(story.requests);
  });

  const seed = Number(process.env["FAST_CHECK_SEED"] ?? Date.now() % 2 ** 31);
  test(`for generated requests (FAST_CHECK_SEED=${seed})`, { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryRequest, { minLength: 1, maxLength: 8 }), compare),
      { seed, numRuns: RUNS },
    );
  });

  test("byte for byte, in the order and the escaping of /metrics", async () => {
    await real.wipe();
    await embedded.reset();
    const values = ["b", "a", "", "Z", "é", "\uffff", "🦊", 'q"', "\\", "\n", "{}", "10", "9"];
    const body = `# HELP zz Back\\\\slash, line\\nand "quote".
# TYPE zz gauge
${values.map((value) => `zz{v=${JSON.stringify(value)}} 1e6\n`).join("")}
zz{v="b",a="c"} 0.00001
# TYPE aa histogram
aa_bucket{le="1e6"} 1
aa_count 2
AA 3
`;
    for (const { url } of [real, embedded]) {
      for (const path of ["/metrics/job/b", "/metrics/job/a/x/2", "/metrics/job/a/instance/1"]) {
        expect((await exchange(url, { method: "PUT", path, body })).status).toBe(200);
      }
    }
    const lines = (text: string): string[] => {
      const times = text.replaceAll(/^(push_time_seconds\{.*\}) .*$/gm, "$1 time");
      return times
        .split("\n")
        .filter((line) => !/^(?:# \w+ )?(?:go|process|pushgateway)_/.test(line));
    };
    expect(lines(await embedded.metrics())).toEqual(lines(await real.metrics()));
  });
});

/** Here the two are meant to differ; most of it would break the real one, which is why the embedded one refuses it. */
describe("the embedded gateway differs on purpose", () => {
  const put = (
    path: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Exchange => {
    return { method: "PUT", path, body, headers };
  };
  const ONE = "x 1\n";
  const BUCKETS = '# TYPE h histogram\nh_bucket{le="1"} 1\nh_count 1\nh_sum 1\n';

  /** A real one of its own for each, since it does not survive. */
  async function both(
    use: (
      gateway: RealGateway | Gateway,
      statuses: (...requests: Exchange[]) => Promise<number[]>,
    ) => Promise<unknown>,
  ): Promise<{ theirs: unknown; ours: unknown }> {
    const doomed = await startRealGateway({ flags: ["--log.level=error"] });
    try {
      await embedded.reset();
      const run = async (gateway: RealGateway | Gateway): Promise<unknown> =>
        await use(gateway, async (...requests) => {
          const statuses: number[] = [];
          for (const request of requests)
            statuses.push((await exchange(gateway.url, request)).status);
          return statuses;
        });
      return { theirs: await run(doomed), ours: await run(embedded) };
    } finally {
      await doomed.stop();
    }
  }

  /** The statuses of the requests, and whether a scrape is still good after them. */
  async function afterwards(...requests: Exchange[]): Promise<{ theirs: unknown; ours: unknown }> {
    return await both(async (gateway, statuses) => [
      ...(await statuses(...requests)),
      await scrape(gateway),
    ]);
  }

  async function scrape(gateway: RealGateway | Gateway): Promise<string> {
    const { status, body } = await exchange(gateway.url, { method: "GET", path: "/metrics" });
    if (status !== 200) return `scrape ${status}`;
    try {
      parseText(body);
    } catch {
      return "scrape unreadable";
    }
    return body.includes("\ufffd") ? "scrape not UTF-8" : "scrape good";
  }

  test("a grouping value that is not UTF-8 breaks the scrape of the real one, and is refused here", async () => {
    for (const path of [
      "/metrics/job/a/b@base64/_w",
      "/metrics/job/a/b/%FF",
      "/metrics/job@base64/_w",
    ]) {
      expect(await afterwards(put(path, ONE))).toEqual({
        theirs: [400, "scrape 500"],
        ours: [400, "scrape good"],
      });
    }
  });

  test("an empty instance beside the group without instance breaks the scrape of the real one, and is refused here", async () => {
    const [without, empty] = [
      put("/metrics/job/a", ONE),
      put("/metrics/job/a/instance@base64/=", ONE),
    ];
    const outcome = { theirs: [200, 400, "scrape 500"], ours: [200, 400, "scrape good"] };
    expect(await afterwards(without, empty)).toEqual(outcome);
    expect(await afterwards(empty, without)).toEqual(outcome);
  });

  test("a grouping label le with a histogram makes the scrape of the real one unreadable, and is refused here", async () => {
    expect(await afterwards(put("/metrics/job/a/le/1", BUCKETS))).toEqual({
      theirs: [200, "scrape unreadable"],
      ours: [400, "scrape good"],
    });
  });

  test("a help text that is not UTF-8 makes the scrape of the real one unreadable, and is refused here", async () => {
    expect(
      await afterwards(put("/metrics/job/a", Buffer.from("# HELP x \xff\nx 1\n", "latin1"))),
    ).toEqual({
      theirs: [200, "scrape not UTF-8"],
      ours: [400, "scrape good"],
    });
  });

  test("the type gauge_histogram cuts the scrape of the real one short, and is refused here", async () => {
    expect(await afterwards(put("/metrics/job/a", "# TYPE x gauge_histogram\nx 1\n"))).toEqual({
      theirs: [200, "scrape unreadable"],
      ours: [400, "scrape good"],
    });
  });

  test("a counter push_failure_time_seconds makes the real one refuse all others, and is refused here", async () => {
    const own = "# TYPE push_failure_time_seconds counter\npush_failure_time_seconds 1\n";
    expect(
      await afterwards(
        put("/metrics/job/a", ONE),
        put("/metrics/job/a", own),
        put("/metrics/job/b", ONE),
      ),
    ).toEqual({ theirs: [200, 200, 400, "scrape 500"], ours: [200, 400, 200, "scrape good"] });
  });

  test("a job that is no base64 hangs the next one on the real one, and does not here", async () => {
    const next = async (gateway: RealGateway | Gateway): Promise<number | string> => {
      const request = put("/metrics/job@base64/YQ", ONE);
      return await exchange(gateway.url, request, NO_ANSWER_MS).then(
        ({ status }) => status,
        () => "no answer",
      );
    };
    expect(
      await both(async (gateway, statuses) => [
        ...(await statuses(put("/metrics/job@base64/Y", ONE))),
        await next(gateway),
      ]),
    ).toEqual({ theirs: [400, "no answer"], ours: [400, 200] });
  });

  test("of a gzip cut at the end of a line the real one stores the half, and this one nothing", async () => {
    const gzip = createGzip();
    gzip.write("x 1\n");
    await new Promise<void>((resolve) => gzip.flush(() => resolve()));
    const half = Buffer.from(gzip.read() as Buffer);
    gzip.end("y 1\n").resume();
    await once(gzip, "end");
    expect(await afterwards(put("/metrics/job/a", half, { "content-encoding": "gzip" }))).toEqual({
      theirs: [200, "scrape good"],
      ours: [400, "scrape good"],
    });
    expect(await embedded.groups()).toEqual([]);
  });

  test("of a body cut at the end of a line the real one stores the half, and this one nothing", async () => {
    const jobs = async (gateway: RealGateway | Gateway): Promise<string[]> => {
      const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
      const closed = once(socket.resume(), "close");
      socket.end("PUT /metrics/job/half HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx 1\n");
      await closed;
      const families = parseText(await gateway.metrics());
      return families
        .filter(({ name }) => name === "x")
        .flatMap(({ samples }) => samples.map(({ labels }) => labels["job"] ?? ""));
    };
    expect(await both(jobs)).toEqual({ theirs: ["half"], ours: [] });
  });

  test("the request counters of the real one can be added to with their own help, and not here", async () => {
    const name = "pushgateway_http_requests_total";
    const help = "Total HTTP requests processed by the Pushgateway, excluding scrapes.";
    const body = `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} 1\n`;
    expect(await afterwards(put("/metrics/job/a", body))).toEqual({
      theirs: [200, "scrape good"],
      ours: [400, "scrape good"],
    });
  });

  test("protobuf is read by the real one only", async () => {
    const type =
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    // One family, its length first: the counter "x" with a series without labels.
    const counter = Buffer.from([0x09, 0x0a, 0x01, 0x78, 0x18, 0x00, 0x22, 0x02, 0x1a, 0x00]);
    expect(await afterwards(put("/metrics/job/a", counter, { "content-type": type }))).toEqual({
      theirs: [200, "scrape good"],
      ours: [415, "scrape good"],
    });
  });

  test("HEAD is answered here as GET is, and refused by the real one", async () => {
    const head = (path: string): Exchange => ({ method: "HEAD", path });
    expect(
      await both(
        async (_, statuses) =>
          await statuses(head("/metrics"), head("/-/ready"), head("/-/healthy"), head("/")),
      ),
    ).toEqual({ theirs: [405, 405, 405, 405], ours: [200, 200, 200, 200] });
  });
});
