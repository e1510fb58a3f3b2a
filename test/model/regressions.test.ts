import { beforeEach, describe, expect, test, vi } from "vitest";
import { events as h } from "./commands.js";
import { AGGREGATED, KINDS } from "./kinds.js";
import { runHistory } from "./run-history.js";

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  return () => void vi.restoreAllMocks();
});

// As the model found and shrank them. Each rejects with the rule that was broken.
describe("histories that once broke a rule", () => {
  test("a life is replaced when it expires, even if the push before a crash was refused", async () => {
    const history = runHistory(KINDS["answers first"], [
      h.begin(),
      h.end(),
      h.push("applied"),
      h.begin(),
      h.end(),
      h.push("answered 400"),
      h.crash(),
      h.freeze(660_000),
    ]);
    await expect(history).resolves.toBeUndefined();
  });

  test("a life is replaced when it expires, even if the process died between a response and its push", async () => {
    const history = runHistory(KINDS["answers first"], [
      h.begin(),
      h.fail(),
      h.begin(),
      h.freeze(90_000),
      h.push("applied"),
      h.fail(),
      h.crash(),
      h.freeze(660_000),
      h.invoke("applied"),
    ]);
    await expect(history).resolves.toBeUndefined();
  });

  test("a process that is killed in the final push loses the data of that push, and nothing else", async () => {
    const history = runHistory(KINDS["answers first"], [
      h.begin(),
      h.killInWrite(1, 0),
      h.end(),
      h.shutDown("applied", "applied"),
    ]);
    await expect(history).resolves.toBeUndefined();
  });

  test("a snapshot that is acknowledged after a later push was sent is not counted again by the next process", async () => {
    const history = runHistory(KINDS["concurrent invocations"], [
      h.invoke("applied"),
      h.invoke("held back"),
      h.pass(20_000),
      h.begin(),
      h.end(),
      h.applyLate(),
      h.push("refused"),
      h.push("refused"),
      h.kill(),
      h.freeze(660_000),
      h.invoke("applied"),
    ]);
    await expect(history).resolves.toBeUndefined();
  });

  test("a life is replaced after a freeze in which a push had no connection", async () => {
    const history = runHistory(KINDS["answers first"], [
      h.invoke("applied"),
      h.invoke("not connected"),
      h.freeze(660_000),
      h.shutDown("applied", "applied"),
    ]);
    await expect(history).resolves.toBeUndefined();
  });

  test("the first push of a life that arrives at an aggregator after the life was deleted there is not counted again", async () => {
    const history = runHistory(AGGREGATED["answers first"], [
      h.invoke("held back"),
      h.pass(20_000),
      h.invoke("applied"),
      h.freeze(660_000),
      h.invoke("applied"),
      h.freeze(200_000),
      h.invoke("applied"),
      h.applyLate(1),
      h.applyLate(0),
    ]);
    await expect(history).resolves.toBeUndefined();
  });

  test("a push that was given up, and then turns out to be of an unknown life, is not pushed again beside the next one", async () => {
    const history = runHistory(AGGREGATED["concurrent invocations"], [
      h.invoke("applied"),
      h.begin(),
      h.end(),
      h.pass(20_000),
      h.spread(),
      h.applyLate(),
      h.begin(),
    ]);
    await expect(history).resolves.toBeUndefined();
  });

  test("what an aggregator shows on a gateway does not wait for a clock that was set back", async () => {
    const history = runHistory(AGGREGATED["concurrent invocations"], [
      h.invoke("applied"),
      h.setClock(-30_000),
      h.setClock(-30_000),
      h.setClock(-30_000),
      h.push("applied"),
    ]);
    await expect(history).resolves.toBeUndefined();
  });
});
