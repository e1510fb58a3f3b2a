import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { foundGateways } from "../../../test/pushgateway/gateways.mjs";
import { startRealGateway } from "../../../test/pushgateway/real.js";
import { parseText } from "../src/exposition/parse-text.js";
import { collectWarnings, type Core, freshCore, textOf, totalOf } from "./core.js";
import { startInstance } from "./fake-platform.js";
import { startReceiver } from "./receiver.js";

let core: Core;

beforeEach(async () => {
  core = await freshCore();
  collectWarnings();
});

function setGauges(): void {
  core
    .gauge({ name: "backlog", help: "# AGGREGATE x\ny.", labelNames: ["q"], aggregate: "max" })
    .set({ q: "a" }, 7);
  core.gauge({ name: "level", help: "Level." }).set(3);
  core.counter({ name: "hits_total", help: "Hits." }).inc();
}

describe("a gauge's aggregate", () => {
  it("is pushed with every snapshot", async () => {
    const server = await startReceiver();
    const instance = startInstance(core, { url: server.url });
    setGauges();
    await instance.pusher!.flusher.flush();
    const body = server.received.at(-1)!.body.toString();
    expect(body).toContain('\n# TYPE backlog gauge\n# AGGREGATE backlog max\nbacklog{q="a"} 7\n');
    expect(body.match(/^# AGGREGATE/gm)).toHaveLength(1);
  });

  it("is read back as it was written", () => {
    setGauges();
    const read = parseText(textOf(core)).map(({ name, aggregate }) => [name, aggregate]);
    expect(read).toEqual([
      ["backlog", "max"],
      ["hits_total", undefined],
      ["level", undefined],
    ]);
  });

  it("does not change which totals a process takes over from the one before", async () => {
    setGauges();
    const left = textOf(core);
    core = await freshCore();
    core.addTotals(left);
    expect(textOf(core)).toBe("# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total 1\n");
    setGauges();
    core.diff(left);
    expect(totalOf(core, "hits_total")).toBe(1);
    expect(textOf(core)).toContain("\n# AGGREGATE backlog max\n");
  });
});

describe.each(await foundGateways())("the real Pushgateway $version", ({ path: program }) => {
  it(
    "takes a snapshot with an aggregate, and shows the gauge as without one",
    { timeout: 30_000 },
    async () => {
      const gateway = await startRealGateway({ program });
      onTestFinished(() => gateway.stop());
      const instance = startInstance(core, { url: gateway.url });
      setGauges();
      await instance.pusher!.flusher.flush();
      const metrics = await gateway.metrics();
      expect(metrics).toMatch(/^backlog\{.*q="a".*\} 7$/m);
      expect(metrics).toMatch(/^# TYPE backlog gauge$/m);
      expect(metrics).toMatch(/^hits_total\{.*\} 1$/m);
    },
  );
});
