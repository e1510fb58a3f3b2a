import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hardenErrors } from "../../core/test/harden-errors.js";
import { eventSourceOf } from "../src/event/event-source.js";
import { failedExecution } from "../src/event/result-failure.js";
import { batchEvents, eventsByTrigger } from "./events/by-trigger.js";
import { httpEvents } from "./events/http.js";

const all = Object.entries(eventsByTrigger).flatMap(([trigger, events]) =>
  Object.entries(events).map(([source, event]) => ({ trigger, source, event: event as unknown })),
);
const TRIGGERS = Object.keys(eventsByTrigger);

/** The value as it is, behind a proxy that always throws, or with a getter that throws. */
function hostile(value: unknown, how: "as it is" | "proxy" | "getter"): unknown {
  if (how === "as it is" || typeof value !== "object" || value === null) return value;
  const throws = (): never => {
    throw new Error("no");
  };
  if (how === "proxy") return new Proxy(value, { get: throws, has: throws, ownKeys: throws });
  return Object.defineProperty(Object.create(value), "Records", { get: throws }) as unknown;
}

/** An object with the property names that `eventSourceOf` reads, and arbitrary values. */
const lookAlike = fc.dictionary(
  fc.constantFrom(
    ..."requestContext type httpMethod Records 0 eventSource EventSource source detail-type awslogs raw_path http connectionId cf info fieldName typeName getObjectContext DurableExecutionArn".split(
      " ",
    ),
  ),
  fc.anything(),
);

describe("the source of an event", () => {
  test.each(all)("has the trigger $trigger: $source", ({ event, trigger }) => {
    expect(eventSourceOf(event).trigger).toBe(trigger);
  });

  test("is a batch only if a result can name the items that failed", () => {
    for (const { source, event } of all)
      expect(eventSourceOf(event).batch ?? false, source).toBe(source in batchEvents);
  });

  test("is an HTTP request for every HTTP event except those of a WebSocket", () => {
    for (const { source, event } of all)
      expect(eventSourceOf(event).request ?? false, source).toBe(source in httpEvents);
  });

  test("has one of the triggers whatever the event is, and reading it never throws", () => {
    const event = fc.oneof(fc.anything({ withNullPrototype: true }), lookAlike, fc.jsonValue());
    const how = fc.constantFrom("as it is" as const, "proxy" as const, "getter" as const);
    fc.assert(
      fc.property(event, how, (event, how) => {
        expect(TRIGGERS).toContain(eventSourceOf(hostile(event, how)).trigger);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is recognised by a few property reads, however large the event is", () => {
    const text = "x".repeat(6_000_000);
    const watched = (reads: string[], value: object, path = ""): object =>
      new Proxy(value, {
        get(target, name) {
          reads.push(`${path}.${String(name)}`);
          const read: unknown = Reflect.get(target, name);
          const isObject = typeof read === "object" && read !== null;
          return isObject ? watched(reads, read, reads.at(-1)) : read;
        },
        has: () => expect.fail("it was asked whether it has a key"),
        ownKeys: () => expect.fail("it was asked for all of its keys"),
      });
    const large = [
      { body: text },
      { Records: Array.from({ length: 10_000 }, () => ({ eventSource: "aws:sqs", body: text })) },
      Array.from({ length: 10_000 }, () => ({ id: 1 })),
      ...all.map(({ event }) => event),
    ];
    for (const event of large) {
      if (typeof event !== "object" || event === null) continue;
      const reads: string[] = [];
      eventSourceOf(watched(reads, event));
      expect(reads.length).toBeLessThanOrEqual(24);
      // Each property is read once, since it may be a getter of the user's.
      expect(reads).toEqual([...new Set(reads)]);
    }
  });
});

test("a durable execution that failed has failed where nobody can assign a name to an error", () => {
  hardenErrors();
  const result = { Status: "FAILED", Error: { ErrorType: "RangeError" } };
  expect(failedExecution(result)).toBe("RangeError");
});
