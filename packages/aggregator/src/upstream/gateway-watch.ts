import { reasonOf, type Target } from "@prefreeze/core/adapter";
import { gatewayStart, SETTLE_MS } from "@prefreeze/core/aggregate";

const PROBE_MS = 1_000;
const PROBE_TIMEOUT_MS = 5_000;

/** Watches whether the gateway answers, and whether it is still the same process. */
export interface GatewayWatch {
  readonly isAway: boolean;
  start(): void;
  /** A push had no answer. Until the gateway has answered something else, it counts as away. */
  suspect(reason: string): void;
  /** Resolves when the gateway is there, at once if it is. */
  whenThere(): Promise<void>;
  stop(): void;
}

/** What a watch tells. */
export interface WatchEvents {
  readonly away: (reason: string) => void;
  /** The gateway is back, or another process: it may have lost its groups. */
  readonly back: () => void;
}

export function createGatewayWatch(target: Target, { away, back }: WatchEvents): GatewayWatch {
  let isAway = false;
  let isStopped = false;
  let startedAt: string | undefined;
  let waiting: (() => void)[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function leave(reason: string): void {
    if (isAway || isStopped) return;
    isAway = true;
    away(reason);
  }

  function arrive(): void {
    isAway = false;
    back();
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  async function probe(): Promise<string> {
    const controller = new AbortController();
    const timeout = setTimeout(() => controller.abort(), PROBE_TIMEOUT_MS);
    try {
      return await gatewayStart(target, controller, PROBE_TIMEOUT_MS);
    } finally {
      clearTimeout(timeout);
    }
  }

  async function look(): Promise<void> {
    try {
      const found = await probe();
      if (isAway) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const isOther = startedAt !== undefined && found !== startedAt;
      startedAt = found;
      if (isStopped) return;
      if (isAway || isOther) arrive();
    } catch (error) {
      leave(reasonOf(error));
    }
    if (!isStopped) timer = setTimeout(() => void look(), PROBE_MS);
  }

  return {
    start: () => void look(),
    get isAway() {
      return isAway;
    },
    suspect: leave,
    whenThere: () =>
      isAway && !isStopped
        ? new Promise((resolve) => void waiting.push(resolve))
        : Promise.resolve(),
    stop() {
      isStopped = true;
      clearTimeout(timer);
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
}
