import fc from "fast-check";
import { once } from "node:events";
import { connect } from "node:net";
import { createGzip, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseText } from "../../../test/pushgateway/parse.js";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { startRealGateway, type RealGateway } from "../../../test/pushgateway/real.js";
import { startGateway, type Gateway } from "../src/index.js";
import { arbitraryRequest } from "./arbitrary-request.js";
import { comparable } from "./comparable.js";
import { comparableGroups } from "./comparable-groups.js";
import { differencesOf } from "./differences.js";
import { both } from "./both.js";
import { exchange, put, type Exchange } from "./exchange.js";
import { stories } from "./requests.js";

const NO_ANSWER_MS = 500;
const RUNS = 60;

const programs = await foundGateways();

describe.each(programs)("beside Pushgateway $version", ({ version, path: program }) => {
  const differences = differencesOf(version);
  let real: RealGateway;
  let embedded: Gateway;

  beforeAll(async () => {
    // At a lower level, each scrape logs every help text that groups disagree on.
    real = await startRealGateway({ program, flags: ["--log.level=error"] });
    embedded = await startGateway();
  });

  afterAll(async () => {
    await real?.stop();
    await embedded?.stop();
  });

  /**
   * Sends the same requests to both gateways, which are empty at first. Both must agree after each request, except for
   * a known difference; that ends the comparison, since the two then hold different groups.
   */
  async function compare(requests: readonly Exchange[]): Promise<void> {
    await real.wipe();
    await embedded.reset();
    for (const request of requests) {
      const [theirs, ours] = await Promise.all([
        exchange(real.url, request).catch(() => undefined),
        exchange(embedded.url, request),
      ]);
      const [theirState, ourState] = await Promise.all([state(real), state(embedded)]);
      const agree =
        theirs !== undefined &&
        statusClass(ours.status) === statusClass(theirs.status) &&
        ourState === theirState;
      const text = textOf(request);
      if (agree) {
        expect(await listed(embedded), `${request.method} ${request.path}\n${text}`).toBe(
          await listed(real),
        );
        continue;
      }
      const seen = { request, text, ours, theirs, ourState, theirState };
      if (differences.explain(seen) !== undefined) return;
      const what = `${request.method} ${request.path}\n${text}\nreal: ${theirs?.body ?? "no answer"}ours: ${ours.body}`;
      expect(statusClass(ours.status), what).toBe(theirs && statusClass(theirs.status));
      expect(ourState, what).toBe(theirState);
    }
  }

  function statusClass(status: number): string {
    return `${Math.floor(status / 100)}xx`;
  }

  async function state(gateway: RealGateway | Gateway): Promise<string> {
    // The real gateway queues deletions, and answers a push when it has worked off the queue.
    await exchange(gateway.url, { method: "PUT", path: "/metrics/job/queue_is_empty" });
    const scraped = await exchange(gateway.url, { method: "GET", path: "/metrics" });
    try {
      return comparable(scraped.body, await disagreeingHelp());
    } catch (error) {
      return `unreadable: ${scraped.status} ${String(error)}`;
    }
  }

  async function listed({ url }: RealGateway | Gateway): Promise<string> {
    const { body } = await exchange(url, { method: "GET", path: "/api/v1/metrics" });
    return comparableGroups(body);
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

  test.each(stories.map((story) => [story.title, story] as const))("%s", async (_, story) => {
    await compare(story.requests);
  });

  const seed = Number(process.env["FAST_CHECK_SEED"] ?? Date.now() % 2 ** 31);
  test(`generated requests (FAST_CHECK_SEED=${seed})`, { timeout: 60_000 }, async () => {
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

  test("a job that is not base64 is refused, and the next one is answered", async () => {
    const hangs = differences.has("an invalid job@base64 hangs the next one");
    expect(
      await both(program, async (gateway, send) => {
        const refused = await send(put("/metrics/job@base64/Y", "x 1\n"));
        const next = put("/metrics/job@base64/YQ", "x 1\n");
        const answer = await exchange(gateway.url, next, hangs ? NO_ANSWER_MS : undefined).then(
          ({ status }) => status,
          () => "no answer",
        );
        return [...refused, answer];
      }),
    ).toEqual({ theirs: [400, hangs ? "no answer" : 200], ours: [400, 200] });
    if (hangs) differences.saw("an invalid job@base64 hangs the next one");
  });

  test("of a gzip cut at the end of a line, nothing is stored", async () => {
    const isStored = differences.has("a gzip cut at the end of a line is stored");
    const gzip = createGzip();
    gzip.write("x 1\n");
    await new Promise<void>((resolve) => gzip.flush(() => resolve()));
    const half = Buffer.from(gzip.read() as Buffer);
    gzip.end("y 1\n").resume();
    await once(gzip, "end");
    const push = put("/metrics/job/half", half, { "content-encoding": "gzip" });
    expect(
      await both(program, async (gateway, send) => [...(await send(push)), await jobsOf(gateway)]),
    ).toEqual({ theirs: isStored ? [200, ["half"]] : [400, []], ours: [400, []] });
    if (isStored) differences.saw("a gzip cut at the end of a line is stored");
  });

  test("of a body cut at the end of a line, nothing is stored", async () => {
    const isStored = differences.has("a body cut at the end of a line is stored");
    expect(
      await both(program, async (gateway) => {
        const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
        const closed = once(socket.resume(), "close");
        socket.end("PUT /metrics/job/half HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx 1\n");
        await closed;
        return await jobsOf(gateway);
      }),
    ).toEqual({ theirs: isStored ? ["half"] : [], ours: [] });
    if (isStored) differences.saw("a body cut at the end of a line is stored");
  });

  // The last test: the ones before it look for them.
  test("every difference that is listed for this version was seen", () => {
    expect(differences.unseen()).toEqual([]);
  });
});

function textOf({ body = "", headers = {} }: Exchange): string {
  const isGzip = headers["content-encoding"] === "gzip";
  try {
    return String(isGzip ? gunzipSync(body) : body);
  } catch {
    return String(body);
  }
}

/** The jobs that have a family `x`. */
async function jobsOf(gateway: RealGateway | Gateway): Promise<string[]> {
  const families = parseText(await gateway.metrics());
  return families
    .filter(({ name }) => name === "x")
    .flatMap(({ samples }) => samples.map(({ labels }) => labels["job"] ?? ""));
}
