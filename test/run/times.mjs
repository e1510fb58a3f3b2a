// How long the lanes usually take: kept in times.json, and measured by a run of all of them.
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { lanes } from "./lanes.mjs";

const file = fileURLToPath(new URL("times.json", import.meta.url));

/** @typedef {{ machine: string, everythingSeconds: number, laneSeconds: Record<string, number> }} Times */

/** @returns {string} the lanes, one a line, with their usual time if it is known */
export function listOfLanes() {
  const { machine, everythingSeconds, laneSeconds } = /** @type {Times} */ (
    JSON.parse(readFileSync(file, "utf8"))
  );
  const everything = { name: "", what: "all of them: npm test" };
  const width = Math.max(...lanes.map(({ name }) => name.length));
  const line = (
    /** @type {{ name: string, what: string }} */ lane,
    /** @type {number | undefined} */ seconds,
  ) => {
    const time = seconds === undefined ? "not timed" : inWords(seconds);
    return `${lane.name.padEnd(width)}  ${time.padStart(10)}  ${lane.what}`;
  };
  return [
    ...lanes.map((lane) => line(lane, laneSeconds[lane.name])),
    line(everything, everythingSeconds),
    "",
    `Times with ${machine}. \`npm test -- --record-times\` runs all lanes and keeps their times.`,
  ].join("\n");
}

/**
 * @param {readonly import("vitest/node").TestModule[]} modules of a finished run
 * @returns {Record<string, number>} how long each lane takes by itself, in seconds: its files that run
 *   alone one after another, the others two at a time
 */
export function secondsByLane(modules) {
  return Object.fromEntries(
    lanes.flatMap(({ name }) => {
      const msOf = (/** @type {string} */ project) =>
        modules.filter((module) => module.project.name === project).map(msOfFile);
      const [sideBySide, alone] = [msOf(name), msOf(`${name} alone`)];
      if (sideBySide.length + alone.length === 0) return [];
      const ms = sum(alone) + Math.max(sum(sideBySide) / 2, ...sideBySide);
      return [[name, Math.round(ms / 1_000)]];
    }),
  );
}

/** @param {import("vitest/node").TestModule} module */
function msOfFile(module) {
  const { duration, collectDuration, prepareDuration, setupDuration } = module.diagnostic();
  return duration + collectDuration + prepareDuration + setupDuration;
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Keeps the times of a run of all lanes, for `--list`.
 *
 * @param {Record<string, number>} laneSeconds
 * @param {number} everythingSeconds
 */
export function keepTimes(laneSeconds, everythingSeconds) {
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}`;
  /** @type {Times} */
  const times = { machine, everythingSeconds: Math.round(everythingSeconds), laneSeconds };
  writeFileSync(file, `${JSON.stringify(times, undefined, 2)}\n`);
}

/** @param {number} seconds */
export function inWords(seconds) {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
