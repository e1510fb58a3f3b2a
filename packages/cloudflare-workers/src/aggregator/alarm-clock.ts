import type { ObjectStorage } from "./runtime-types.js";

/** The object's one alarm. */
export interface AlarmClock {
  /** Sees to it that the alarm rings at that time or before. If it is undefined, nothing changes. */
  ringAt(atMs: number | undefined): Promise<void>;
  /** Does the work of an alarm, and sets the next one. @param work returns when */
  ringing(work: () => Promise<number | undefined>): Promise<void>;
}

export function createAlarmClock(storage: ObjectStorage): AlarmClock {
  let isRinging = false;

  async function ringAt(atMs: number | undefined): Promise<void> {
    // The alarm that rings now sets the next one.
    if (isRinging || atMs === undefined) return;
    // Asked each time: `deleteAll()` may have deleted it.
    const setForMs = await storage.getAlarm();
    // The runtime takes a time that has passed for now: each setting, a row, would be later than the one before.
    const ringMs = Math.max(atMs, Date.now());
    if (setForMs === null || setForMs > ringMs) await storage.setAlarm(ringMs);
  }

  return {
    ringAt,
    async ringing(work) {
      isRinging = true;
      let nextMs: number | undefined;
      try {
        nextMs = await work();
      } finally {
        isRinging = false;
      }
      await ringAt(nextMs);
    },
  };
}
