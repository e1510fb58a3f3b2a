import fc from "fast-check";
import { type Fate, FATES } from "./fake-gateway.js";
import type { World } from "./world.js";

/** The world is its own model: its state says what can happen next, and its oracle says what should be shown. */
type Command = fc.AsyncCommand<object, World, true>;

function command(
  what: string,
  can: (world: World) => boolean,
  run: (world: World) => unknown,
): Command {
  return {
    // The model is empty, so the command decides whether it applies when it runs.
    check: () => Promise.resolve(true),
    async run(_, world) {
      if (!can(world)) return;
      await run(world);
      await world.settle();
      world.check();
    },
    toString: () => what,
  };
}

const always = () => true;
const alive = (world: World) => world.alive;
const dead = (world: World) => !world.alive;
const busy = (world: World) => world.running.length > 0;
const aggregated = ({ gateway }: World) => gateway.aggregators !== undefined;
const some = (which: number, { running }: World) => running[which % running.length]!;
const MAX_CONCURRENT = 3;

/** Everything that can happen, each named as in printed histories. */
export const events = {
  begin: (trigger: "http" | "timer" = "http", timeMs = 60_000) =>
    command(
      `begin(${trigger}, ${timeMs})`,
      ({ running }) => running.length < MAX_CONCURRENT,
      (world) => world.begin(trigger, timeMs),
    ),
  record: (amount: number, which = 0) =>
    command(`record(${amount}, ${which})`, busy, (world) =>
      world.record(some(which, world), amount),
    ),
  recordOutside: (amount: number) =>
    command(
      `recordOutside(${amount})`,
      (world) => world.canRecordOutside,
      (world) => world.recordOutside(amount),
    ),
  end: (which = 0) =>
    command(`end(${which})`, busy, (world) => world.end(some(which, world), false)),
  fail: (which = 0) =>
    command(`fail(${which})`, busy, (world) => world.end(some(which, world), true)),
  endAndKill: (which = 0) =>
    command(`endAndKill(${which})`, busy, async (world) => {
      world.end(some(which, world), false);
      world.disk.gone = true;
      await world.settle();
    }),
  timeOut: (which = 0) =>
    command(
      `timeOut(${which})`,
      (world) => busy(world) && !some(which, world).progress.end,
      (world) => world.timeOut(some(which, world)),
    ),
  push: (fate: Fate) =>
    command(
      `push(${JSON.stringify(fate)})`,
      ({ gateway }) => gateway.inFlight > 0,
      ({ gateway }) => gateway.decide(fate),
    ),
  /** A whole invocation, and the fate of its push. */
  invoke: (fate: Fate) =>
    command(
      `invoke(${JSON.stringify(fate)})`,
      (world) => !busy(world),
      async (world) => {
        world.begin("http", 60_000);
        await world.settle();
        if (busy(world)) world.end(world.running[0]!, false);
        await world.settle();
        world.gateway.decide(fate);
      },
    ),
  applyLate: (which = 0) =>
    command(
      `applyLate(${which})`,
      ({ gateway }) => gateway.late > 0,
      ({ gateway }) => gateway.applyLate(which),
    ),
  pass: (ms: number) => command(`pass(${ms})`, always, (world) => world.pass(ms)),
  freeze: (ms: number) => command(`freeze(${ms})`, always, (world) => world.freeze(ms)),
  setClock: (ms: number) => command(`setClock(${ms})`, always, (world) => world.setClock(ms)),
  /** The push in flight is applied during the freeze, and its answer is read at the thaw. */
  freezeAndAnswer: (ms: number) =>
    command(
      `freezeAndAnswer(${ms})`,
      ({ gateway }) => gateway.inFlight > 0,
      (world) => {
        world.freeze(ms);
        world.gateway.decide("applied");
      },
    ),
  killAggregator: () =>
    command(
      "killAggregator()",
      ({ gateway }) => gateway.aggregators !== undefined && gateway.inFlight > 0,
      ({ gateway }) => gateway.killInPush(),
    ),
  spread: () => command("spread()", aggregated, ({ gateway }) => gateway.aggregators!.spread()),
  loseState: () => command("loseState()", aggregated, ({ gateway }) => gateway.aggregators!.lose()),
  restartGateway: () => command("restartGateway()", always, ({ gateway }) => gateway.restart()),
  backUpGateway: () => command("backUpGateway()", always, ({ gateway }) => gateway.remember()),
  rollBackGateway: () => command("rollBackGateway()", always, ({ gateway }) => gateway.rollBack()),
  crash: () => command("crash()", alive, (world) => world.crash()),
  kill: () => command("kill()", alive, (world) => world.kill()),
  /** Kills the process in one of its next writes to the journal, when this share of the write is on the disk. */
  killInWrite: (writes: number, share: number) =>
    command(`killInWrite(${writes}, ${share})`, always, ({ disk }) => disk.killIn(writes, share)),
  fillDisk: () => command("fillDisk()", alive, ({ disk }) => void (disk.full = true)),
  removeJournal: () => command("removeJournal()", alive, (world) => world.removeJournal()),
  destroy: () => command("destroy()", alive, (world) => world.kill(true)),
  shutDown: (...fates: Fate[]) =>
    command(
      `shutDown(${fates.map((fate) => JSON.stringify(fate)).join(", ")})`,
      (world) => alive(world) && !busy(world),
      (world) => world.shutDown(fates),
    ),
  startAndKill: (writes: number, share: number) =>
    command(`startAndKill(${writes}, ${share})`, dead, (world) => {
      world.disk.killIn(writes, share);
      world.begin("http", 60_000);
    }),
};

const h = events;
const one = fc.constantFrom;
const which = fc.nat({ max: MAX_CONCURRENT - 1 });
const amount = fc.integer({ min: 1, max: 9 });
const write = [fc.nat({ max: 4 }), one(0, 0.1, 0.5, 0.9, 1)] as const;

/** After these, an aggregator does not know of a push in doubt that another one, or an earlier state, may have taken. */
const undecidable = [one(h.spread(), h.loseState()), one(h.spread(), h.freeze(90_000_000))];

/**
 * Histories, in which frequent events are listed more often.
 *
 * @param decidable without those after which nobody can decide whether a push was applied
 */
export function histories(maxCommands: number, decidable = true) {
  return fc.commands<object, World, true>(
    [
      ...(decidable ? [] : undecidable),
      one(h.begin(), h.begin("timer"), h.begin("http", 1_200)),
      one(h.begin(), h.begin("timer")),
      which.map(h.end),
      which.map(h.end),
      fc.oneof(which.map(h.fail), which.map(h.timeOut)),
      fc.tuple(amount, which).map(([amount, which]) => h.record(amount, which)),
      fc.oneof(amount.map(h.recordOutside), which.map(h.endAndKill)),
      one(...FATES).map(h.push),
      one(...FATES).map(h.invoke),
      one(...FATES).map(h.invoke),
      one("applied" as const, "applied" as const, "held back" as const).map(h.push),
      one(1, 30, 200, 1_500, 20_000).map(h.pass),
      one(1_500, 90_000, 660_000, 2_000_000, 7_200_000).map(h.freeze),
      one(-30_000, 30_000).map(h.setClock),
      fc.oneof(one(1_500, 660_000, 7_200_000).map(h.freezeAndAnswer), which.map(h.applyLate)),
      one(h.restartGateway(), h.backUpGateway(), h.rollBackGateway(), h.killAggregator()),
      one(h.crash(), h.kill()),
      fc.oneof(
        fc.tuple(...write).map(([writes, share]) => h.killInWrite(writes, share)),
        fc.tuple(...write).map(([writes, share]) => h.startAndKill(writes, share)),
      ),
      fc.oneof(
        one(h.fillDisk(), h.removeJournal(), h.destroy()),
        fc
          .array(one(...FATES), { minLength: 2, maxLength: 2 })
          .map((fates) => h.shutDown(...fates)),
      ),
    ],
    { maxCommands, size: "max" },
  );
}
