import { expect, test } from "vitest";
import { instrument, LAYER, startApi, uninstrument } from "./set-up.js";

/** The alias `live` points to the code that `$LATEST` has. */
async function startReleased(): ReturnType<typeof startApi> {
  const api = await startApi();
  api.add("shop", { variables: { TABLE: "orders" } });
  api.functions.alias("shop", "live", api.functions.publish("shop"));
  return api;
}

test("--alias publishes a version with the layer, and points the alias to it", async () => {
  const api = await startReleased();
  expect(await instrument(["shop"], { alias: "live" })).toMatchObject([
    {
      outcome: "changed",
      version: "2",
      notes: ["alias live points to version 2 in place of version 1"],
    },
  ]);
  expect(api.functions.pointsTo("shop", "live").version).toBe("2");
});

test("a second time, nothing is published, and nothing is written", async () => {
  const api = await startReleased();
  await instrument(["shop"], { alias: "live" });
  const writes = api.writes();
  expect(await instrument(["shop"], { alias: "live" })).toMatchObject([
    { outcome: "unchanged", version: undefined },
  ]);
  expect(api.writes()).toBe(writes);
});

test("uninstrument with the alias releases a version without the layer", async () => {
  const api = await startReleased();
  await instrument(["shop"], { alias: "live" });
  expect(await uninstrument(["shop"], { alias: "live" })).toMatchObject([{ version: "3" }]);
  expect(api.functions.pointsTo("shop", "live").version).toBe("3");
  expect(api.functions.settings("shop")).toEqual({ layers: [], variables: { TABLE: "orders" } });
});

test("what was instrumented before is released by the same command with --alias", async () => {
  const api = await startReleased();
  await instrument(["shop"]);
  expect(api.functions.pointsTo("shop", "live").version).toBe("1");
  expect(await instrument(["shop"], { alias: "live" })).toMatchObject([
    { outcome: "changed", change: undefined, version: "2" },
  ]);
  expect(api.functions.pointsTo("shop", "live").version).toBe("2");
});

test.each([
  ["code", { codeSha256: "code-2" }, "code"],
  ["variables", { variables: { TABLE: "new" } }, "variables"],
])(
  "code or settings that are not released yet are not released by us: %s",
  async (_, newer, what) => {
    const api = await startReleased();
    api.functions.change("shop", newer);
    const [change] = await instrument(["shop"], { alias: "live" });
    expect(change).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining(`version 1, from which $LATEST differs (${what})`) as string,
    });
    expect(api.writes()).toBe(0);
    expect(api.functions.pointsTo("shop", "live").version).toBe("1");
  },
);

test("an alias that does not exist is refused before anything is written", async () => {
  const api = await startReleased();
  expect(await instrument(["shop"], { alias: "prod" })).toMatchObject([
    { outcome: "refused", reason: "it has no alias prod: create it first" },
  ]);
  expect(api.writes()).toBe(0);
});

test("a dry run tells what would be released, and writes nothing", async () => {
  const api = await startReleased();
  const [change] = await instrument(["shop"], { alias: "live", dryRun: true });
  expect(change).toMatchObject({ outcome: "would change", version: undefined });
  expect(change?.notes).toEqual([
    "a version would be published, and alias live would point to it in place of version 1",
  ]);
  expect(api.writes()).toBe(0);
});

test("the part of the calls that goes to another version stays there, with a note", async () => {
  const api = await startReleased();
  api.functions.alias("shop", "live", "1", { "7": 0.1 });
  const [change] = await instrument(["shop"], { alias: "live" });
  expect(change?.notes).toContain(
    "alias live sends 10 % of its calls to version 7, which stays as it is",
  );
  expect(api.functions.pointsTo("shop", "live")).toMatchObject({
    version: "2",
    weights: { "7": 0.1 },
  });
});

test("an alias that somebody else moves meanwhile is not moved back; the same command then says why", async () => {
  const api = await startReleased();
  api.before("UpdateAlias", () => {
    api.functions.change("shop", { codeSha256: "code-2" });
    api.functions.alias("shop", "live", api.functions.publish("shop"));
  });
  expect(await instrument(["shop"], { alias: "live" })).toMatchObject([
    { outcome: "failed", reason: "somebody else changed it at the same time: run it again" },
  ]);
  expect(api.functions.pointsTo("shop", "live").version).toBe("3");
});

test("if publishing fails, the same command does the rest", async () => {
  const api = await startReleased();
  api.refuse("PublishVersion", "CodeStorageExceeded");
  expect(await instrument(["shop"], { alias: "live" })).toMatchObject([{ outcome: "failed" }]);
  expect(api.functions.settings("shop").layers).toEqual([LAYER]);
  expect(api.functions.pointsTo("shop", "live").version).toBe("1");
  api.accept("PublishVersion");
  expect(await instrument(["shop"], { alias: "live" })).toMatchObject([
    { outcome: "changed", version: "2" },
  ]);
});

test("--publish alone publishes a version", async () => {
  const api = await startReleased();
  expect(await instrument(["shop"], { publish: true })).toMatchObject([
    { outcome: "changed", version: "2" },
  ]);
  expect(api.functions.pointsTo("shop", "live").version).toBe("1");
});
