import fc from "fast-check";
import { type Fate, FATES } from "./fake-gateway.js";
import type { World } from "./world.js";

/** The world is its own model: what can happen depends on it, and the oracle in it tells what should be. */
type Command = fc.AsyncCommand<object, World, true>;

function command(
  what: string,
  can: (world: World) => boolean,
  run: (world: World) => unknown,
): Command {
  return {
    // The model is empty, so whether it applies is told when it runs.
    check: () => Promise.resolve(true),
    async run(_, world) {
      if (!can(world)) return;
      await run(world);
      await world.pass(0);
      world.check();
    },
    toString: () => what,
  };
}

const always = () => true;
const running = (world: World) => world.running;
const alive = (world: World) => world.alive;

const begin = command(
  "begin",
  (world) => !world.running,
  (world) => world.begin(),
);
const end = command("end", running, (world) => world.end(false));
const fail = command("throw", running, (world) => world.end(true));
const timeOut = command(
  "time out",
  (world) => world.running && !world.decided,
  (world) => world.timeOut(),
);
const record = (amount: number) =>
  command(
    `record ${amount}`,
    // What is recorded after a timeout is told by chance where the process dies, too.
    (world) => world.running && !world.decided,
    (world) => world.record(amount),
  );
const push = (fate: Fate) =>
  command(
    `push is ${fate}`,
    (world) => world.gateway.onTheWay > 0,
    (world) => world.gateway.decide(fate),
  );
const applyLate = command("late push is applied", always, (world) => world.gateway.applyLate());
const pass = (ms: number) => command(`${ms} ms pass`, always, (world) => world.pass(ms));
const freeze = (ms: number) => command(`freeze for ${ms} ms`, always, (world) => world.freeze(ms));
const restartGateway = (kept: boolean) =>
  command(`gateway restarts, groups ${kept ? "kept" : "lost"}`, always, (world) =>
    world.gateway.restart(kept),
  );
const remember = command("gateway is backed up", always, (world) => world.gateway.remember());
const rollBack = command("gateway is rolled back", always, (world) => world.gateway.rollBack());
const die = (how: "crash" | "killed") => command(how, alive, (world) => world.die(how));
const shutDown = command(
  "shutdown",
  (world) => world.alive && !world.running,
  (world) => world.shutDown(),
);

const one = <T>(...commands: readonly T[]) => fc.constantFrom(...commands);

/** A history; more of what happens often. */
export function histories(journaled: boolean, size: number) {
  return fc.commands<object, World, true>(
    [
      one(begin, end),
      one(begin, end, fail),
      fc.integer({ min: 1, max: 9 }).map(record),
      one(...FATES).map(push),
      one(push("applied")),
      one(1, 30, 200, 1_500, 20_000).map(pass),
      one(1_500, 90_000, 660_000, 2_000_000, 7_200_000).map(freeze),
      one(applyLate),
      one(timeOut, restartGateway(true), restartGateway(false), remember, rollBack),
      one(shutDown),
      ...(journaled ? [one(die("crash"), die("killed"))] : []),
    ],
    { maxCommands: size, size: "max" },
  );
}
