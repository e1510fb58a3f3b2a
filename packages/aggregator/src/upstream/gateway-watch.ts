import { httpTransport } from "@prefreeze/node";
import { reasonOf } from "@prefreeze/core/adapter";
import type { GatewayAddress } from "./gateway-address.js";

const PROBE_MS = 1_000;
const PROBE_TIMEOUT_MS = 5_000;
/**
 * A gateway that was silent may still apply pushes that were given up. It does so within this time, and then a newer
 * push is not overtaken by an older one.
 */
const SETTLE_MS = 500;

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

export function createGatewayWatch(
  { url, query, authorization }: GatewayAddress,
  { away, back }: WatchEvents,
): GatewayWatch {
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

  /** @returns when its process started, as it writes it; empty if it does not tell */
  async function probe(): Promise<string> {
    const controller = new AbortController();
    const timeout = setTimeout(() => controller.abort(), PROBE_TIMEOUT_MS);
    try {
      const { status, body } = await httpTransport({
        url: `${url}/api/v1/status${query}`,
        method: "GET",
        headers: authorization === undefined ? {} : { authorization },
        body: undefined,
        timeoutMs: PROBE_TIMEOUT_MS,
        controller,
        signal: controller.signal,
      });
      // So answers a proxy whose gateway is gone.
      if (status >= 500) throw new Error(`HTTP ${status}`);
      return /"start_time":"([^"]+)"/.exec(body)?.[1] ?? "";
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
