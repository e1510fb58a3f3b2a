import { describe, expect, test } from "vitest";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { parseText } from "../../../test/pushgateway/parse.js";
import type { RealGateway } from "../../../test/pushgateway/real.js";
import type { Gateway } from "../src/index.js";
import { both } from "./both.js";
import { differencesOf } from "./differences.js";
import { exchange, put, type Exchange } from "./exchange.js";

const ONE = "x 1\n";
const BUCKETS = '# TYPE h histogram\nh_bucket{le="1"} 1\nh_count 1\nh_sum 1\n';

const programs = await foundGateways();

/** Here the embedded gateway differs from every version. Most of this would break the real one. */
describe.each(programs)("unlike Pushgateway $version", ({ version, path: program }) => {
  const differences = differencesOf(version);
  const inconsistent = differences.has("an inconsistent push gets no answer") ? "no answer" : 400;

  /** The statuses of the requests, and whether a scrape is still good after them. */
  async function afterwards(...requests: Exchange[]): Promise<{ theirs: unknown; ours: unknown }> {
    return await both(program, async (gateway, send) => [
      ...(await send(...requests)),
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

  test("it refuses a grouping value that is not UTF-8, which breaks the real scrape", async () => {
    for (const path of [
      "/metrics/job/a/b@base64/_w",
      "/metrics/job/a/b/%FF",
      "/metrics/job@base64/_w",
    ]) {
      expect(await afterwards(put(path, ONE))).toEqual({
        theirs: [inconsistent, "scrape 500"],
        ours: [400, "scrape good"],
      });
    }
  });

  test("it refuses an empty instance beside the group without one, which breaks the real scrape", async () => {
    const [without, empty] = [
      put("/metrics/job/a", ONE),
      put("/metrics/job/a/instance@base64/=", ONE),
    ];
    const outcome = { theirs: [200, inconsistent, "scrape 500"], ours: [200, 400, "scrape good"] };
    expect(await afterwards(without, empty)).toEqual(outcome);
    expect(await afterwards(empty, without)).toEqual(outcome);
  });

  test("it refuses a grouping label le with a histogram, which makes the real scrape unreadable", async () => {
    expect(await afterwards(put("/metrics/job/a/le/1", BUCKETS))).toEqual({
      theirs: [200, "scrape unreadable"],
      ours: [400, "scrape good"],
    });
  });

  test("it refuses a help text that is not UTF-8, which makes the real scrape unreadable", async () => {
    expect(
      await afterwards(put("/metrics/job/a", Buffer.from("# HELP x \xff\nx 1\n", "latin1"))),
    ).toEqual({
      theirs: [200, "scrape not UTF-8"],
      ours: [400, "scrape good"],
    });
  });

  test("it refuses a counter push_failure_time_seconds, after which the real one refuses every push", async () => {
    const own = "# TYPE push_failure_time_seconds counter\npush_failure_time_seconds 1\n";
    expect(
      await afterwards(
        put("/metrics/job/a", ONE),
        put("/metrics/job/a", own),
        put("/metrics/job/b", ONE),
      ),
    ).toEqual({
      theirs: [200, 200, inconsistent, "scrape 500"],
      ours: [200, 400, 200, "scrape good"],
    });
  });

  test("it refuses the request counters of the real one, even with their own help", async () => {
    const name = "pushgateway_http_requests_total";
    const help = "Total HTTP requests processed by the Pushgateway, excluding scrapes.";
    const body = `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} 1\n`;
    expect(await afterwards(put("/metrics/job/a", body))).toEqual({
      theirs: [200, "scrape good"],
      ours: [400, "scrape good"],
    });
  });

  test("it does not read protobuf", async () => {
    const type =
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    // One family, its length first: the counter "x" with a series without labels.
    const counter = Buffer.from([0x09, 0x0a, 0x01, 0x78, 0x18, 0x00, 0x22, 0x02, 0x1a, 0x00]);
    expect(await afterwards(put("/metrics/job/a", counter, { "content-type": type }))).toEqual({
      theirs: [200, "scrape good"],
      ours: [415, "scrape good"],
    });
  });

  test("it answers HEAD as GET", async () => {
    const head = (path: string): Exchange => ({ method: "HEAD", path });
    expect(
      await both(
        program,
        async (_, send) =>
          await send(head("/metrics"), head("/-/ready"), head("/-/healthy"), head("/")),
      ),
    ).toEqual({ theirs: [405, 405, 405, 405], ours: [200, 200, 200, 200] });
  });
});
