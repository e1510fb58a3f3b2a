import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, GATEWAY_FAULTS } from "./faults.js";
import { bareAnswers, type BareAnswers } from "./bare-answers.js";
import { randomEvents } from "./events.js";
import { type FaultyGateway, startFaultyGateway } from "./faulty-gateway.js";
import { type Fleet, type Response, startFleet } from "./fleet.js";
import type { Note, OrderEvent } from "./function/order.js";
import { type Difference, judge, totalOf, type Verdict } from "./judge.js";
import { type Truth, truthOf } from "./oracle.js";
import { type Random, randomOf } from "./random.js";
import { readingsOf } from "./readings.js";

export interface TruthOptions {
  /** Half of them flush after the response, half before returning. */
  readonly environments: number;
  readonly invocations: number;
  readonly seed: number;
  readonly faults: ReadonlySet<Fault>;
  /** Told what happens, for people to follow. */
  readonly progress?: (line: string) => void;
}

/** What a run has found. */
export interface TruthReport {
  readonly seed: number;
  readonly invocations: number;
  readonly truth: Pick<Truth, "succeeded" | "failed" | "timedOut" | "coldstarts">;
  readonly gateway: Pick<Truth, "succeeded" | "failed" | "timedOut" | "coldstarts">;
  /** Counts that are missing, of all series that are compared. */
  readonly lost: number;
  /** Counts that are too much. */
  readonly doubled: number;
  /** Counts of environments that the run destroyed in an outage of the gateway, with what they had not brought. */
  readonly unreachable: number;
  /** Answers that differ from those of the handler without metrics. */
  readonly responses: { readonly changed: number };
  /** The longest that an answer of a warm environment took beyond the handler's own time. */
  readonly worstAddedMs: number;
  /** From the end of all faults until the gateway showed everything. */
  readonly settledMs: number;
  readonly environmentsDestroyed: number;
  readonly differences: readonly Difference[];
  readonly changes: readonly string[];
}

/** Longer than the longest pause of the breaker. */
const SETTLE_WITHIN_MS = 90_000;

/**
 * Drives emulated environments against a real gateway, with faults that a seed decides, and compares what
 * the gateway shows with what the function has noted.
 */
export async function runTruth(options: TruthOptions): Promise<TruthReport> {
  const folder = await mkdtemp(join(tmpdir(), "truth-"));
  const random = randomOf(options.seed);
  const gateway = await startFaultyGateway(random);
  const fleets: Fleet[] = [];
  try {
    const env = { PUSHGATEWAY_URL: gateway.url, PREFREEZE_FLUSH_TIMEOUT_MS: "500" };
    const half = Math.ceil(options.environments / 2);
    fleets.push(
      await startFleet(folder, "registered", half, env),
      await startFleet(folder, "measured", Math.max(options.environments - half, 1), env),
    );
    return await drive(options, { folder, random, gateway, fleets });
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    await gateway.stop();
    await rm(folder, { recursive: true });
  }
}

interface Stage {
  readonly folder: string;
  readonly random: Random;
  readonly gateway: FaultyGateway;
  readonly fleets: readonly Fleet[];
}

async function drive(
  { seed, invocations, faults, progress = () => undefined }: TruthOptions,
  { folder, random, gateway, fleets }: Stage,
): Promise<TruthReport> {
  const gatewayFaults = GATEWAY_FAULTS.filter((fault) => faults.has(fault));
  const endings = (["shutdown", "reuse"] as const).filter((fault) => faults.has(fault));
  const bare: BareAnswers = await bareAnswers(folder, faults);
  const events = new Map<number, OrderEvent>();
  const responses: Response[] = [];
  const destroyed = new Set<string>();
  let environmentsDestroyed = 0;

  const invokeAll = async (fleet: Fleet, made: readonly OrderEvent[]) => {
    for (const event of made) events.set(event.id, event);
    responses.push(...(await fleet.invoke(made)));
  };
  const truth = async () => truthOf(events, await notesIn(folder));
  const verdict = async (): Promise<Verdict> =>
    judge((await truth()).readings, readingsOf(await gateway.metrics()), destroyed);

  /** Destroys one environment; without a fault, only one that has brought everything, or is told of its end. */
  async function destroyOne(inOutage: boolean, reuse: boolean): Promise<void> {
    const fleet = random.oneOf(fleets);
    const environments = fleet.lambda.environments();
    const index = random.between(0, environments.length - 1);
    const chosen = environments[index];
    if (!chosen?.running) return;
    const name = nameOf(chosen.logStreamName);
    if (!inOutage) {
      await gateway.settled();
      const { differences } = await verdict();
      if (!fleet.registered && differences.some(({ environment }) => environment === name)) return;
    }
    await fleet.destroy(index, reuse);
    if (inOutage) destroyed.add(name);
    environmentsDestroyed++;
  }

  for (let done = 0; done < invocations;) {
    const fault =
      gatewayFaults.length > 0 && random.chance(0.6) ? random.oneOf(gatewayFaults) : undefined;
    await gateway.set(fault);
    const endsAfterMs = fault && random.chance(0.5) ? random.between(50, 1_000) : undefined;
    const size = Math.min(invocations - done, random.between(2, 6) * 2 * fleets[0]!.environments);
    const made = randomEvents(random, faults, done, size);
    done += size;
    const middle = Math.ceil(size / 2);
    const ending =
      endsAfterMs === undefined ? undefined : sleep(endsAfterMs).then(() => gateway.set(undefined));
    await Promise.all([
      invokeAll(fleets[0]!, made.slice(0, middle)),
      invokeAll(fleets[1]!, made.slice(middle)),
    ]);
    await ending;
    progress(`${done} of ${invocations}${fault ? `, with ${fault}` : ""}`);
    if (endings.length > 0 && random.chance(0.2)) {
      const inOutage = fault !== undefined && ending === undefined;
      await destroyOne(inOutage, random.oneOf(endings) === "reuse");
    }
  }

  await gateway.set(undefined);
  await gateway.settled();
  const settlingMs = performance.now();
  let last: Verdict;
  do {
    for (const fleet of fleets) {
      // As long as that each of them takes one.
      const made = randomEvents(random, new Set(), events.size, fleet.lambda.environments().length);
      await invokeAll(
        fleet,
        made.map((event) => ({ ...event, runMs: 200 })),
      );
    }
    last = await verdict();
    progress(`settling: ${last.differences.length} differences`);
  } while (last.differences.length > 0 && performance.now() - settlingMs < SETTLE_WITHIN_MS);
  const settledMs = performance.now() - settlingMs;
  for (const fleet of fleets) {
    while (fleet.registered && fleet.lambda.environments().length > 0)
      await fleet.destroy(0, false);
  }

  const { lost, doubled, unreachable, differences } = await verdict();
  const { succeeded, failed, timedOut, coldstarts } = await truth();
  const shown = readingsOf(await gateway.metrics());
  const changes = responses.flatMap((response) => bare.changeIn(response) ?? []);
  const addedMs = responses.map((response) => addedMsOf(response));
  return {
    seed,
    invocations: events.size,
    truth: { succeeded, failed, timedOut, coldstarts },
    gateway: {
      succeeded: totalOf(shown, "faas_invocations_total"),
      failed: totalOf(shown, "faas_errors_total"),
      timedOut: totalOf(shown, "faas_timeouts_total"),
      coldstarts: totalOf(shown, "faas_coldstarts_total"),
    },
    lost,
    doubled,
    unreachable,
    responses: { changed: changes.length },
    worstAddedMs: Math.round(Math.max(0, ...addedMs)),
    settledMs: Math.round(settledMs),
    environmentsDestroyed,
    differences,
    changes,
  };
}

async function notesIn(folder: string): Promise<Note[]> {
  const texts = await Promise.all(
    ["registered", "measured"].map((entry) =>
      readFile(join(folder, `${entry}.notes`), "utf8").catch(() => ""),
    ),
  );
  return texts
    .join("")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Note);
}

/** As it is at the start of its instances' names. */
function nameOf(logStreamName: string): string {
  return /\](\w{8})/.exec(logStreamName)![1]!;
}

/** Of an answer from a warm environment; 0 for all others. */
function addedMsOf({ payload, responseMs }: Response): number {
  const { handlerMs, first } = JSON.parse(payload) as { handlerMs?: number; first?: boolean };
  return handlerMs === undefined || first ? 0 : responseMs - handlerMs;
}
