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

  test("finds nothing where the instances of each environment add up to the truth", () => {
    expect(judge(same, shown)).toEqual({
      lost: 0,
      doubled: 0,
      unreachable: 0,
      unreachableInvocations: 0,
      differences: [],
    });
  });

  test("finds an invocation that the gateway does not show, and says where", () => {
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

  test("does not even out what one environment lost with what another doubled", () => {
    const moved = truth({ [SUCCEEDED]: 6, [FAILED]: 2 }, { [SUCCEEDED]: 10, [FAILED]: 1 });
    expect(judge(moved, shown)).toMatchObject({ lost: 1, doubled: 1 });
  });

  test("does not even out one error type with another", () => {
    const other = truth(
      { [SUCCEEDED]: 7, 'faas_errors_total{error_type="crash"}': 2 },
      { [SUCCEEDED]: 9, [FAILED]: 1 },
    );
    expect(judge(other, shown)).toMatchObject({ lost: 2, doubled: 2 });
  });

  test("finds an environment that the gateway shows nothing of, and one that never was", () => {
    const stranger = new Map([["99999999", new Map([[SUCCEEDED, 1]])]]);
    expect(judge(stranger, shown)).toMatchObject({ lost: 1, doubled: 7 + 2 + 9 + 1 });
  });

  describe("of an environment that was destroyed in an outage", () => {
    const more = truth(
      { [SUCCEEDED]: 12, [FAILED]: 2, order_size_count: 3 },
      { [SUCCEEDED]: 9, [FAILED]: 1 },
    );

    test("takes what it had not brought for unreachable", () => {
      const destroyed = new Map([["1a2b3c4d", new Map([[SUCCEEDED, 7]])]]);
      expect(judge(more, shown, destroyed)).toEqual({
        lost: 0,
        doubled: 0,
        unreachable: 5 + 3,
        unreachableInvocations: 5,
        differences: [],
      });
    });

    test("takes what it had brought, and the gateway no longer shows, for lost", () => {
      const destroyed = new Map([["1a2b3c4d", new Map([[SUCCEEDED, 10]])]]);
      expect(judge(more, shown, destroyed)).toMatchObject({
        lost: 3,
        unreachable: 2 + 3,
        unreachableInvocations: 2,
      });
    });

    test("excuses no other environment", () => {
      const destroyed = new Map([["5e6f7a8b", new Map<string, number>()]]);
      expect(judge(more, shown, destroyed)).toMatchObject({ lost: 5 + 3, unreachable: 0 });
    });

    test("excuses nothing that is counted twice", () => {
      const fewer = truth({ [SUCCEEDED]: 5, [FAILED]: 2 }, { [SUCCEEDED]: 9, [FAILED]: 1 });
      const destroyed = new Map([["1a2b3c4d", new Map<string, number>()]]);
      expect(judge(fewer, shown, destroyed)).toMatchObject({ doubled: 2, unreachable: 0 });
    });
  });
});
