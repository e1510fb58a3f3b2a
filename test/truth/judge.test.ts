import { describe, expect, test } from "vitest";
import { judge } from "./judge.js";
import { readingsOf } from "./readings.js";

const SHOWN = `# TYPE faas_errors_total counter
faas_errors_total{error_type="RangeError",faas_trigger="other",instance="1a2b3c4d-first",job="shop"} 2
faas_errors_total{error_type="RangeError",faas_trigger="other",instance="5e6f7a8b-first",job="shop"} 1
# TYPE faas_invocations_total counter
faas_invocations_total{faas_trigger="http",instance="1a2b3c4d-first",job="shop"} 3
faas_invocations_total{faas_trigger="other",instance="1a2b3c4d-second",job="shop"} 4
faas_invocations_total{faas_trigger="other",instance="5e6f7a8b-first",job="shop"} 9
`;
const SUCCEEDED = "faas_invocations_total";
const FAILED = 'faas_errors_total{error_type="RangeError"}';

function truth(first: Record<string, number>, second: Record<string, number>) {
  return new Map([
    ["1a2b3c4d", new Map(Object.entries(first))],
    ["5e6f7a8b", new Map(Object.entries(second))],
  ]);
}

describe("the judge of a truth run", () => {
  const shown = readingsOf(SHOWN);
  const same = truth({ [SUCCEEDED]: 7, [FAILED]: 2 }, { [SUCCEEDED]: 9, [FAILED]: 1 });

  test("finds no difference if the instances of each environment add up to the truth", () => {
    expect(judge(same, shown)).toEqual({
      lost: 0,
      doubled: 0,
      unreachable: 0,
      unreachableInvocations: 0,
      differences: [],
    });
  });

  test("finds an invocation that the gateway does not show, and names its environment and series", () => {
    const more = truth({ [SUCCEEDED]: 7, [FAILED]: 2 }, { [SUCCEEDED]: 10, [FAILED]: 1 });
    expect(judge(more, shown)).toMatchObject({
      lost: 1,
      doubled: 0,
      unreachable: 0,
      differences: [{ environment: "5e6f7a8b", series: SUCCEEDED, truth: 10, shown: 9 }],
    });
  });

  test("finds an invocation that the gateway shows twice", () => {
    const fewer = truth({ [SUCCEEDED]: 7, [FAILED]: 1 }, { [SUCCEEDED]: 9, [FAILED]: 1 });
    expect(judge(fewer, shown)).toMatchObject({ lost: 0, doubled: 1 });
  });

  test("does not offset a loss in one environment against a double count in another", () => {
    const moved = truth({ [SUCCEEDED]: 6, [FAILED]: 2 }, { [SUCCEEDED]: 10, [FAILED]: 1 });
    expect(judge(moved, shown)).toMatchObject({ lost: 1, doubled: 1 });
  });

  test("does not offset one error type against another", () => {
    const other = truth(
      { [SUCCEEDED]: 7, 'faas_errors_total{error_type="crash"}': 2 },
      { [SUCCEEDED]: 9, [FAILED]: 1 },
    );
    expect(judge(other, shown)).toMatchObject({ lost: 2, doubled: 2 });
  });

  test("finds an environment that the gateway does not show, and one that never existed", () => {
    const stranger = new Map([["99999999", new Map([[SUCCEEDED, 1]])]]);
    expect(judge(stranger, shown)).toMatchObject({ lost: 1, doubled: 7 + 2 + 9 + 1 });
  });

  describe("for an environment that was destroyed during an outage", () => {
    const more = truth(
      { [SUCCEEDED]: 12, [FAILED]: 2, order_size_count: 3 },
      { [SUCCEEDED]: 9, [FAILED]: 1 },
    );

    test("reports what it had not pushed as unreachable", () => {
      const destroyed = new Map([["1a2b3c4d", new Map([[SUCCEEDED, 7]])]]);
      expect(judge(more, shown, destroyed)).toEqual({
        lost: 0,
        doubled: 0,
        unreachable: 5 + 3,
        unreachableInvocations: 5,
        differences: [],
      });
    });

    test("reports what it had pushed, and the gateway no longer shows, as lost", () => {
      const destroyed = new Map([["1a2b3c4d", new Map([[SUCCEEDED, 10]])]]);
      expect(judge(more, shown, destroyed)).toMatchObject({
        lost: 3,
        unreachable: 2 + 3,
        unreachableInvocations: 2,
      });
    });

    test("does not excuse losses in other environments", () => {
      const destroyed = new Map([["5e6f7a8b", new Map<string, number>()]]);
      expect(judge(more, shown, destroyed)).toMatchObject({ lost: 5 + 3, unreachable: 0 });
    });

    test("does not excuse double counts", () => {
      const fewer = truth({ [SUCCEEDED]: 5, [FAILED]: 2 }, { [SUCCEEDED]: 9, [FAILED]: 1 });
      const destroyed = new Map([["1a2b3c4d", new Map<string, number>()]]);
      expect(judge(fewer, shown, destroyed)).toMatchObject({ doubled: 2, unreachable: 0 });
    });
  });
});
