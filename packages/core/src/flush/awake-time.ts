import { startTimer } from "../runtime/timer.js";

const BEAT_MS = 50;
/** What is longer between two beats is a freeze, or other code that kept the event loop busy. */
const LONGEST_BEAT_MS = 2 * BEAT_MS;

/**
 * Measures how long a push takes, without the freezes.
 *
 * @param freezes the environment may be frozen meanwhile, so the time is measured in beats
 * @returns ends the measurement; the time in milliseconds
 */
export function awakeTime(freezes: boolean): () => number {
  let awakeMs = 0;
  let beatMs = performance.now();
  const count = () => {
    const nowMs = performance.now();
    awakeMs += Math.min(nowMs - beatMs, freezes ? LONGEST_BEAT_MS : Infinity);
    beatMs = nowMs;
  };
  const beat = () => {
    count();
    timer = startTimer(beat, BEAT_MS, true);
  };
  let timer = freezes ? startTimer(beat, BEAT_MS, true) : undefined;
  return () => {
    clearTimeout(timer);
    count();
    return awakeMs;
  };
}
