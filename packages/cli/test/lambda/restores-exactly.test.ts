import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planInstrument, type Wanted } from "../../src/lambda/plan-instrument.js";
import { planUninstrument } from "../../src/lambda/plan-uninstrument.js";
import { readRecord, writeRecord } from "../../src/lambda/record.js";
import { equalSettings, type Settings } from "../../src/lambda/settings.js";
import { layerArn } from "./control-api/fake-functions.js";

const names = [
  "AWS_LAMBDA_EXEC_WRAPPER",
  "PREFREEZE_EXEC_WRAPPER",
  "PUSHGATEWAY_URL",
  "PUSHGATEWAY_PASSWORD",
  "NODE_OPTIONS",
  "constructor",
  "layer",
  "TABLE",
];
const wrappers = ["", "/opt/prefreeze/wrapper", "/opt/otel-handler", "/opt/other"];
const value = fc.oneof(
  fc.constantFrom(...wrappers),
  fc.string({ unit: "grapheme" }),
  // Also halves of surrogate pairs, line breaks, and what the record itself is written with.
  fc.string({ unit: fc.constantFrom("\ud800", "\n", " ", "%", "=", ":", '"', "é", "0") }),
);
const someVariables = fc
  .dictionary(fc.oneof(fc.constantFrom(...names), fc.stringMatching(/^[a-zA-Z]\w{1,9}$/)), value, {
    maxKeys: 8,
  })
  .map((each) => {
    const { PREFREEZE_UNINSTRUMENT: _, ...others } = each;
    return new Map(Object.entries(others));
  });
const layerNames = ["prefreeze", "prefreeze-2", "otel", "powertools", "secrets"];
const someLayers = fc
  .uniqueArray(fc.constantFrom(...layerNames), { maxLength: 4 })
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((name) =>
        fc.integer({ min: 1, max: 4 }).map((version) => layerArn(name, version)),
      ),
    ),
  );
/** Any configuration that a function can have before. */
const prior: fc.Arbitrary<Settings> = fc.record({ layers: someLayers, variables: someVariables });
const wanted: fc.Arbitrary<Wanted> = fc.record({
  layer: fc
    .tuple(fc.constantFrom("prefreeze", "prefreeze-2"), fc.integer({ min: 1, max: 4 }))
    .map(([name, version]) => layerArn(name, version)),
  variables: someVariables.map((variables) => {
    variables.delete("AWS_LAMBDA_EXEC_WRAPPER");
    return variables;
  }),
});

describe("for any configuration that a function has before,", () => {
  test("instrument and then uninstrument give the same configuration", () => {
    fc.assert(
      fc.property(prior, wanted, (before, what) => {
        const { settings, kept } = planUninstrument(planInstrument(before, what));
        expect(settings).toEqual(before);
        expect(kept).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test("instrument a second time changes nothing", () => {
    fc.assert(
      fc.property(prior, wanted, (before, what) => {
        const once = planInstrument(before, what);
        expect(equalSettings(planInstrument(once, what), once)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("instrument any number of times, differently, and then uninstrument give the same configuration", () => {
    fc.assert(
      fc.property(prior, fc.array(wanted, { minLength: 1, maxLength: 4 }), (before, all) => {
        const last = all.reduce(planInstrument, before);
        expect(planUninstrument(last).settings).toEqual(before);
      }),
      { numRuns: 2000 },
    );
  });

  test("instrument keeps every layer and variable that it is not asked to change", () => {
    fc.assert(
      fc.property(prior, wanted, (before, what) => {
        const { layers, variables } = planInstrument(before, what);
        const others = (all: readonly string[]): string[] =>
          all.filter((layer) => layer.replace(/:\d+$/, "") !== what.layer.replace(/:\d+$/, ""));
        expect(others(layers)).toEqual(others(before.layers));
        expect(layers).toContain(what.layer);
        for (const [name, text] of before.variables) {
          if (name.endsWith("_EXEC_WRAPPER")) continue;
          expect(variables.get(name)).toBe(what.variables.get(name) ?? text);
        }
        for (const [name, text] of what.variables) expect(variables.get(name)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test("uninstrument keeps every variable that somebody has changed since", () => {
    fc.assert(
      fc.property(
        prior,
        wanted,
        fc.constantFrom(...names.slice(2)),
        value,
        (before, what, name, text) => {
          const instrumented = planInstrument(before, what);
          fc.pre(instrumented.variables.get(name) !== text);
          const changed = new Map(instrumented.variables).set(name, text);
          const { settings } = planUninstrument({ ...instrumented, variables: changed });
          expect(settings.variables.get(name)).toBe(text);
          const expected = new Map(before.variables).set(name, text);
          expect(settings).toEqual({ layers: before.layers, variables: expected });
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("the record", () => {
  test("comes back as it was written, and is printable ASCII", () => {
    const record = fc.record({
      layer: fc.option(
        fc.record({
          layer: fc.constant(layerArn("prefreeze", 1).slice(0, -2)),
          was: fc.option(fc.constant(layerArn("prefreeze", 2)), { nil: undefined }),
        }),
        { nil: undefined },
      ),
      variables: fc
        .dictionary(
          fc.stringMatching(/^[a-zA-Z]\w{1,9}$/),
          fc.record({
            fingerprint: fc.stringMatching(/^[\w-]{6}$/),
            was: fc.option(value, { nil: undefined }),
          }),
        )
        .map((each) => new Map(Object.entries(each))),
    });
    fc.assert(
      fc.property(record, (each) => {
        const text = writeRecord(each);
        expect(text).toMatch(/^[ -~]*$/);
        expect(readRecord(text)).toEqual(each);
      }),
    );
  });

  test.each([
    "",
    "2",
    "x",
    "1 x",
    "1  ",
    "1 A:abcdef",
    "1 TABLE:abcdef=%12",
    "1 layer=a layer=b",
    "1 __proto__:abcdef",
  ])("that is damaged is refused: %j", (text) => {
    expect(() => readRecord(text)).toThrow(/PREFREEZE_UNINSTRUMENT is damaged/);
  });

  test("is refused or read, whatever is in the variable", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        try {
          readRecord(text);
        } catch (error) {
          expect(String(error)).toMatch(/is damaged/);
        }
      }),
    );
  });
});
