import { type Conflict, conflictsAmong } from "../target/conflict.js";
import { conflictsOf, isReset } from "../target/push-error.js";
import type { Target } from "../target/pushgateway.js";
import { createFamiliesLeftOut, familiesOf } from "./families-left-out.js";

const GROUPS_TIMEOUT_MS = 10_000;

/** Sends the totals of one group to a Pushgateway, without the families that it refuses. */
export interface GroupSender {
  /** How many families it refuses. */
  readonly leftOut: number;
  /**
   * Puts a text in the place of the group.
   *
   * @param timeoutMs time left for all requests that it takes, in milliseconds
   * @throws Error as `Target.send` does
   */
  send(text: string, controller: AbortController, timeoutMs: number): Promise<void>;
}

/**
 * Creates what sends one group.
 *
 * @param group its path, here and at the gateway
 * @param log is told of each family that is left out
 */
export function createGroupSender(
  group: string,
  target: Target,
  log: (message: string) => void,
): GroupSender {
  const leftOut = createFamiliesLeftOut();
  let resets = 0;

  /** Pushgateway 1.11.0 resets the connection instead of naming what it refuses. */
  async function conflictsHeld(
    text: string,
    controller: AbortController,
  ): Promise<readonly Conflict[]> {
    resets = 0;
    const types = new Map(familiesOf(text).map(({ name, type }) => [name, type]));
    try {
      const { body } = await target.read("/api/v1/metrics", controller, GROUPS_TIMEOUT_MS);
      return conflictsAmong(types, body);
    } catch {
      return [];
    }
  }

  return {
    get leftOut() {
      return leftOut.size;
    },
    async send(text, controller, timeoutMs) {
      const untilMs = performance.now() + timeoutMs;
      for (;;) {
        const sent = leftOut.without(text);
        try {
          await target.send("PUT", group, sent, controller, untilMs - performance.now());
          resets = 0;
          return;
        } catch (error) {
          resets = isReset(error) ? resets + 1 : 0;
          const conflicts = resets < 2 ? conflictsOf(error) : await conflictsHeld(sent, controller);
          const added = leftOut.add(conflicts, sent);
          for (const name of added)
            log(
              `metric "${name}" of ${group} is left out of pushes, since the Pushgateway has another metric of that name, or one that collides: rename one of them`,
            );
          if (added.length === 0 || controller.signal.aborted) throw error;
        }
      }
    },
  };
}
