import { reasonOf, warn } from "@prefreeze/core/adapter";
import {
  createGroupSender,
  gatewayStart,
  type GroupSender,
  SETTLE_MS,
} from "@prefreeze/core/aggregate";
import type { ChosenGateway } from "./choose-gateway.js";
import type { DurableTotals } from "./durable-totals.js";

/** A gateway that takes longer is taken for one that hangs. */
const PUSH_TIMEOUT_MS = 10_000;
/** What is not pushed by then waits for the next alarm: the runtime ends an alarm after 15 minutes. */
const RUN_MS = 60_000;
/** Isolates that push at about the same time share the first push. */
const FIRST_PUSH_MS = 1_000;
/** A gateway that has restarted gets its groups back within 5 minutes. */
const REFRESH_MS = 240_000;
const LONGEST_PAUSE_MS = 300_000;

/** Keeps the groups of the gateway equal to the totals. */
export interface GatewayPushes {
  /** The totals of a group have changed. */
  changed(group: string): void;
  /** Pushes the groups whose time has come. Never rejects. */
  push(): Promise<void>;
  /** When to push next, in milliseconds since 1970; undefined if there is nothing to push. */
  nextMs(): number | undefined;
}

interface Group {
  readonly sender: GroupSender;
  /** When it is pushed next, in milliseconds since 1970. */
  dueMs: number;
  startedMs: number;
  /** Refusals in a row. */
  refusals: number;
}

/** What the pushes need to know of the settings. */
interface Intervals {
  readonly pushIntervalMs: number;
  readonly scrapeIntervalMs: number;
}

export function createGatewayPushes(
  totals: DurableTotals,
  { target, url }: ChosenGateway,
  { pushIntervalMs, scrapeIntervalMs }: Intervals,
): GatewayPushes {
  const groups = new Map<string, Group>();
  /** Pushes in a row that had no answer, or that of a proxy whose gateway is gone. */
  let silences = 0;
  let notBeforeMs = 0;
  /** A push may still be applied: one of this object, or of its life before the last restart. */
  let isInDoubt = true;
  let running: Promise<void> | undefined;

  /** @param dueMs when to push it if it was not known */
  function groupOf(path: string, dueMs: number): Group {
    let group = groups.get(path);
    if (!group) {
      const sender = createGroupSender(path, target, warn);
      groups.set(path, (group = { sender, dueMs, startedMs: 0, refusals: 0 }));
    }
    return group;
  }

  function pauseMs(failures: number): number {
    return Math.min(pushIntervalMs * 2 ** Math.min(failures - 1, 20), LONGEST_PAUSE_MS);
  }

  async function run(): Promise<void> {
    const untilMs = Date.now() + RUN_MS;
    const aggregate = totals.current();
    aggregate.forgetSilent(Date.now());
    totals.save();
    // After a restart, nobody knows what the gateway has.
    for (const { group } of aggregate.groups(Date.now())) groupOf(group, 0);
    if (Date.now() < notBeforeMs) return;
    const due = [...groups].filter(([, { dueMs }]) => dueMs <= Date.now());
    for (const [path, group] of due.sort(([, a], [, b]) => a.dueMs - b.dueMs)) {
      if (Date.now() > untilMs || !(await pushGroup(path, group))) return;
    }
  }

  /** @returns whether the gateway answers */
  async function pushGroup(path: string, group: Group): Promise<boolean> {
    const aggregate = totals.current();
    if (!aggregate.has(path)) {
      // The storage was wiped. An empty text would empty the group.
      groups.delete(path);
      return true;
    }
    group.startedMs = Date.now();
    group.dueMs = group.startedMs + REFRESH_MS;
    if (isInDoubt) {
      const failure = await failureOf((controller) =>
        gatewayStart(target, controller, PUSH_TIMEOUT_MS),
      );
      if (failure) return failed(group, failure.error);
      // What is under way from before lands now, and not over what follows.
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      isInDoubt = false;
    }
    const text = aggregate.text(path, "pushed", Date.now());
    // The runtime sends nothing before it is durable: what is shown must not fall if the object restarts now.
    totals.save();
    const failure = await failureOf((controller) =>
      group.sender.send(text, controller, PUSH_TIMEOUT_MS),
    );
    if (failure) return failed(group, failure.error);
    if (silences > 0 || group.refusals > 0) warn(`push to ${url} succeeded again`);
    // While a group is refused, nobody notes when it changes.
    if (group.refusals > 0) group.dueMs = group.startedMs + pushIntervalMs;
    silences = group.refusals = 0;
    // Others begin at zero if the storage was wiped meanwhile.
    if (totals.current() !== aggregate) return true;
    const valuesFromMs = aggregate.shown(path, "pushed", Date.now(), 2 * scrapeIntervalMs);
    if (valuesFromMs !== undefined) group.dueMs = Math.min(group.dueMs, valuesFromMs);
    totals.save();
    return true;
  }

  /** @returns whether the gateway answers */
  function failed(group: Group, error: unknown): boolean {
    const { status } = Object(error) as { readonly status?: number };
    isInDoubt ||= status === undefined || status >= 500 || status === 429;
    if (status !== undefined && status !== 429) {
      // It may be the fault of this group alone. If a proxy's gateway is gone, the next group's question tells.
      if (++group.refusals === 1) warn(`push to ${url} was refused: ${reasonOf(error)}`);
      group.dueMs = Date.now() + pauseMs(group.refusals);
      return true;
    }
    // Behind those that wait already: one group that gets no answer must not hold up the others.
    group.dueMs = Date.now();
    silences++;
    notBeforeMs = Date.now() + pauseMs(silences);
    if (silences === 1)
      warn(
        `push to ${url} failed: ${reasonOf(error)}; the totals are kept, and pushed when it is back`,
      );
    return false;
  }

  return {
    changed(path) {
      const soonMs = Date.now() + Math.min(FIRST_PUSH_MS, pushIntervalMs);
      const group = groupOf(path, soonMs);
      if (group.refusals > 0) return;
      group.dueMs = Math.min(group.dueMs, Math.max(soonMs, group.startedMs + pushIntervalMs));
    },
    push: () =>
      (running ??= run()
        .catch((error: unknown) => {
          notBeforeMs = Date.now() + LONGEST_PAUSE_MS;
          warn(`the aggregator's state cannot be used: ${reasonOf(error)}`);
        })
        .finally(() => (running = undefined))),
    nextMs() {
      if (groups.size === 0 && notBeforeMs === 0) return undefined;
      let dueMs = Date.now() + REFRESH_MS;
      for (const group of groups.values()) dueMs = Math.min(dueMs, group.dueMs);
      return Math.max(dueMs, notBeforeMs);
    },
  };
}

/** Aborts the work, and waits no longer, if it takes too long: its own timer, since requests have none here. */
async function failureOf(
  work: (controller: AbortController) => Promise<unknown>,
): Promise<{ readonly error: unknown } | undefined> {
  const controller = new AbortController();
  const reason = new Error(`no answer within ${PUSH_TIMEOUT_MS} ms`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Another tool's `fetch` may know of no signal, and an alarm that hangs would be the last one.
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort(reason);
      reject(reason);
    }, PUSH_TIMEOUT_MS);
  });
  try {
    await Promise.race([work(controller), tooLate]);
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    clearTimeout(timer);
  }
}
