import { describe, expect, it } from "vitest";
import {
  type Aggregate,
  type Answer,
  createAggregate,
  MalformedSnapshot,
} from "../../src/aggregate.js";
import { acknowledging, histogram, metric, snapshot } from "./snapshot.js";

const GROUP = "/metrics/job/checkout";

function push(aggregate: Aggregate, life: string, text: string, atMs = 0): Answer {
  return aggregate.push({ group: GROUP, life, snapshot: text, atMs });
}

/** The totals of all series, past their zeros. */
function totals(aggregate: Aggregate, atMs = 0): string {
  for (let i = 0; i < 2; i++) {
    aggregate.text(GROUP, "scraped", atMs);
    aggregate.shown(GROUP, "scraped", atMs);
  }
  return aggregate
    .text(GROUP, "scraped", atMs)
    .replaceAll(/^# .*\n/gm, "")
    .replaceAll(/^prefreeze_instances .*\n/gm, "");
}

const orders = (value: number, plan = "pro") =>
  metric("counter", "orders_total", `orders_total{plan="${plan}"} ${value}`);

describe("counters, histograms and summaries", () => {
  it("add up over lives, each with its newest snapshot", () => {
    const aggregate = createAggregate();
    expect(push(aggregate, "a", snapshot(1, orders(3)))).toBe("accepted");
    expect(push(aggregate, "b", snapshot(1, orders(4)))).toBe("accepted");
    expect(push(aggregate, "a", snapshot(2, orders(5)))).toBe("accepted");
    expect(totals(aggregate)).toBe('orders_total{plan="pro"} 9\n');
  });

  it("add up bucket by bucket", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(1, histogram("h", 'q="x"', [1, 2], [1, 2, 3], 10)));
    push(aggregate, "b", snapshot(1, histogram("h", 'q="x"', [1, 2], [0, 1, 0], 1.5)));
    push(aggregate, "a", snapshot(2, histogram("h", 'q="x"', [1, 2], [1, 2, 4], 15)));
    expect(totals(aggregate)).toBe(
      'h_bucket{q="x",le="1"} 1\nh_bucket{q="x",le="2"} 4\nh_bucket{q="x",le="+Inf"} 8\nh_sum{q="x"} 16.5\nh_count{q="x"} 8\n',
    );
  });

  it("keep what a life has counted when it is forgotten", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(1, orders(3), metric("summary", "s", "s_sum 0.5", "s_count 2")));
    expect(aggregate.forget(GROUP, "a")).toBe(true);
    expect(aggregate.forget(GROUP, "a")).toBe(false);
    expect(totals(aggregate)).toBe('orders_total{plan="pro"} 3\ns_sum 0.5\ns_count 2\n');
  });
});

describe("a life that was forgotten by request", () => {
  it("is not counted again by a push of it that was under way, even after a restart", () => {
    let aggregate = createAggregate();
    push(aggregate, "a", snapshot(2, orders(3)));
    aggregate.forget(GROUP, "a");
    expect(push(aggregate, "a", snapshot(1, orders(2)))).toBe("older");
    expect(push(aggregate, "a", acknowledging(1, snapshot(3, orders(4))))).toBe("unknown life");
    const pieces = aggregate.changes();
    aggregate = createAggregate();
    aggregate.restore(
      [...pieces].flatMap(([key, piece]) => (piece ? [[key, piece] as const] : [])),
    );
    expect(push(aggregate, "a", snapshot(1, orders(2)))).toBe("older");
    expect(totals(aggregate)).toBe('orders_total{plan="pro"} 3\n');
    expect(aggregate.groups(0)).toMatchObject([{ instances: 0 }]);
    expect(aggregate.forget(GROUP, "a")).toBe(false);
  });

  it("is another one if it pushes again, and says of nothing that it was acknowledged", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(1, orders(3)));
    aggregate.forget(GROUP, "a");
    expect(push(aggregate, "a", snapshot(2, orders(1)))).toBe("accepted");
    expect(totals(aggregate)).toBe('orders_total{plan="pro"} 4\n');
    expect(aggregate.lives).toBe(1);
  });
});

describe("a push", () => {
  it("that is repeated or older changes nothing", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(2, orders(3)));
    aggregate.changes();
    expect(push(aggregate, "a", snapshot(2, orders(3)))).toBe("older");
    expect(push(aggregate, "a", snapshot(1, orders(1)))).toBe("older");
    expect(aggregate.changes().size).toBe(0);
  });

  it("of which more was acknowledged than is known is that of an unknown life", () => {
    const aggregate = createAggregate();
    expect(push(aggregate, "a", acknowledging(1, snapshot(2, orders(3))))).toBe("unknown life");
    expect(push(aggregate, "a", snapshot(2, orders(3)))).toBe("accepted");
    expect(push(aggregate, "a", acknowledging(2, snapshot(3, orders(4))))).toBe("accepted");
    expect(push(aggregate, "a", acknowledging(4, snapshot(5, orders(9))))).toBe("unknown life");
    expect(totals(aggregate)).toBe('orders_total{plan="pro"} 4\n');
  });

  it("that is malformed throws and changes nothing", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(1, orders(3)));
    aggregate.changes();
    expect(() => push(aggregate, "a", snapshot(2, orders(-1)))).toThrow(MalformedSnapshot);
    expect(aggregate.changes().size).toBe(0);
    expect(totals(aggregate)).toBe('orders_total{plan="pro"} 3\n');
  });
});

describe("a new series", () => {
  it("shows zero in two scrapes before its value", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(1, orders(3)));
    const scrape = () => {
      const text = aggregate.text(GROUP, "scraped", 0);
      aggregate.shown(GROUP, "scraped", 0);
      return /orders_total\{plan="pro"\} (.*)/.exec(text)![1];
    };
    expect([scrape(), scrape(), scrape(), scrape()]).toEqual(["0", "0", "3", "3"]);
  });

  it("shows zero for the given time after the push that was acknowledged with it", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(1, orders(3)));
    const pushed = (atMs: number) =>
      /orders_total\{plan="pro"\} (.*)/.exec(aggregate.text(GROUP, "pushed", atMs))![1];
    expect(pushed(0)).toBe("0");
    expect(pushed(100_000)).toBe("0");
    aggregate.shown(GROUP, "pushed", 100_000, 30_000);
    expect(pushed(129_999)).toBe("0");
    expect(pushed(130_000)).toBe("3");
    expect(pushed(0)).toBe("3");
  });
});

describe("the state", () => {
  it("goes on from its pieces", () => {
    const aggregate = createAggregate();
    const pieces = new Map<string, Uint8Array>();
    const store = () => {
      for (const [key, piece] of aggregate.changes())
        if (piece) pieces.set(key, piece);
        else pieces.delete(key);
    };
    push(aggregate, "a", snapshot(1, orders(3), histogram("h", "", [1], [1, 0], 0.1)));
    totals(aggregate);
    store();
    push(aggregate, "b", snapshot(1, orders(0.1), metric("gauge", "g", "g 5")), 10);
    store();
    const restored = createAggregate();
    restored.restore(pieces);
    expect(restored.text(GROUP, "scraped", 10)).toBe(aggregate.text(GROUP, "scraped", 10));
    expect(push(restored, "a", snapshot(1, orders(3)))).toBe("older");
    for (const each of [aggregate, restored]) push(each, "a", snapshot(2, orders(3.3)), 20);
    expect(restored.text(GROUP, "scraped", 20)).toBe(aggregate.text(GROUP, "scraped", 20));
  });

  it("gives a series that is zero and one that comes after the restart numbers of their own", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(1, orders(0), histogram("h", "", [1], [0, 0], 0)));
    const restored = createAggregate();
    restored.restore(
      [...aggregate.changes()].flatMap(([key, piece]) => (piece ? [[key, piece] as const] : [])),
    );
    push(restored, "b", snapshot(1, orders(3, "free")));
    expect(totals(restored)).toBe(
      'h_bucket{le="1"} 0\nh_bucket{le="+Inf"} 0\nh_sum 0\nh_count 0\n' +
        'orders_total{plan="pro"} 0\norders_total{plan="free"} 3\n',
    );
  });
});

it("a new series does not show zero until a clock that was set back is what it was", () => {
  const aggregate = createAggregate();
  push(aggregate, "a", snapshot(1, orders(3)), 1_000_000);
  const valueAt = (atMs: number) => {
    const text = aggregate.text(GROUP, "pushed", atMs);
    aggregate.shown(GROUP, "pushed", atMs);
    return /^orders_total\S* (\d+)$/m.exec(text)?.[1];
  };
  expect([1_000_000, 100_000, 129_999, 130_000, 90_000].map(valueAt)).toEqual([
    "0",
    "0",
    "0",
    "3",
    "3",
  ]);
});

describe("the page of all groups", () => {
  it("has the labels of each group, and one family for all of them", () => {
    const aggregate = createAggregate();
    for (const group of [GROUP, "/metrics/job@base64/YSJi/zone/eu"])
      aggregate.push({ group, life: "a", snapshot: snapshot(1, orders(3)), atMs: 0 });
    for (let i = 0; i < 2; i++) {
      expect(aggregate.page(0)).toContain('plan="pro"} 0\n');
      aggregate.pageShown(0);
    }
    expect(aggregate.page(0)).toBe(
      "# HELP orders_total Help.\n# TYPE orders_total counter\n" +
        'orders_total{instance="",job="checkout",plan="pro"} 3\n' +
        'orders_total{instance="",job="a\\"b",zone="eu",plan="pro"} 3\n' +
        "# HELP prefreeze_instances Instances that pushed within the last 10 minutes.\n" +
        "# TYPE prefreeze_instances gauge\n" +
        'prefreeze_instances{instance="",job="checkout"} 1\n' +
        'prefreeze_instances{instance="",job="a\\"b",zone="eu"} 1\n',
    );
  });

  it("shows one of two groups that have a metric with different types", () => {
    const aggregate = createAggregate();
    aggregate.push({
      group: GROUP,
      life: "a",
      snapshot: snapshot(1, metric("counter", "x_total", "x_total 1")),
      atMs: 0,
    });
    aggregate.push({
      group: "/metrics/job/b",
      life: "a",
      snapshot: snapshot(1, metric("gauge", "x_total", "x_total 5")),
      atMs: 0,
    });
    expect(aggregate.page(0).match(/^x_total.*/gm)).toEqual(['x_total{instance="",job="b"} 5']);
    expect(aggregate.page(0)).toContain("# TYPE x_total gauge\n");
  });

  it("has every line of a histogram without labels of its own with those of its group", () => {
    const aggregate = createAggregate();
    push(aggregate, "a", snapshot(1, histogram("h", "", [1], [1, 0], 0.5)));
    expect(aggregate.page(0).match(/^h_.*/gm)).toEqual([
      'h_bucket{instance="",job="checkout",le="1"} 0',
      'h_bucket{instance="",job="checkout",le="+Inf"} 0',
      'h_sum{instance="",job="checkout"} 0',
      'h_count{instance="",job="checkout"} 0',
    ]);
  });
});
