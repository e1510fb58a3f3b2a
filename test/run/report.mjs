// What `npm test` says at its end: the slowest files, what was skipped and why, and the counts.

import { inWords, secondsByLane } from "./times.mjs";

const SLOWEST_FILES = 10;

/**
 * @typedef {import("vitest/node").TestModule} TestModule
 * @typedef {import("vitest/node").TestCase} TestCase
 */

/**
 * @param {import("vitest/node").Vitest} vitest after a run
 * @param {{ skipsAllowed: boolean }} options
 * @returns {{ text: string, ok: boolean }} the last line of the text is `N passed, N failed`, and
 *   `, N skipped` if any was
 */
export function report(vitest, { skipsAllowed }) {
  const modules = vitest.state.getTestModules();
  const wanted = vitest.config.testNamePattern;
  const tests = modules
    .flatMap((module) => [...module.children.allTests()])
    // vitest gives the state "skipped" to what `-t` leaves out, too.
    .filter((test) => wanted?.test(test.fullName.replaceAll(" > ", " ")) ?? true);
  const count = (/** @type {string} */ state) =>
    tests.filter((test) => test.result().state === state).length;
  const passed = count("passed");
  const failed =
    count("failed") + errorsOutsideTests(modules) + vitest.state.getUnhandledErrors().length;
  const skipped = tests.filter((test) => !["passed", "failed"].includes(test.result().state));
  const problems = [
    ...(passed + failed === 0 ? ["No test ran."] : []),
    ...(skipped.length > 0 && !skipsAllowed ? ["No test may be skipped in CI."] : []),
    // For example a coverage report that could not be written.
    ...(passed > 0 && failed === 0 && process.exitCode ? ["vitest itself failed; see above."] : []),
  ];
  const counts = [`${passed} passed`, `${failed} failed`];
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  const parts = [
    timesOfLanes(modules),
    slowestFiles(modules),
    skipped.length > 0 ? ["Skipped:", ...skipped.map(withReason)] : [],
    problems,
    [counts.join(", ")],
  ];
  return {
    text: parts
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n"))
      .join("\n\n"),
    ok: failed === 0 && problems.length === 0,
  };
}

/**
 * A file that does not load and a hook that fails count as one failure each.
 *
 * @param {readonly TestModule[]} modules
 */
function errorsOutsideTests(modules) {
  return modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .reduce((sum, entity) => sum + entity.errors().length, 0);
}

/** @param {readonly TestModule[]} modules */
function timesOfLanes(modules) {
  const times = Object.entries(secondsByLane(modules));
  return times.length > 1
    ? [`Each lane by itself: ${times.map(([name, time]) => `${name} ${inWords(time)}`).join(", ")}`]
    : [];
}

/** @param {readonly TestModule[]} modules */
function slowestFiles(modules) {
  const slowest = modules
    .map((module) => ({ module, ms: module.diagnostic().duration }))
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST_FILES);
  return [
    "The slowest files, each with its slowest test:",
    ...slowest.map(({ module, ms }) => {
      const [test] = [...module.children.allTests()].toSorted(
        (a, b) => durationOf(b) - durationOf(a),
      );
      const its = test === undefined ? "" : `  (${seconds(durationOf(test))}: ${test.name})`;
      return `${seconds(ms).padStart(8)}  ${module.relativeModuleId}${its}`;
    }),
  ];
}

/** @param {TestCase} test */
function durationOf(test) {
  return test.diagnostic()?.duration ?? 0;
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** @param {TestCase} test */
function withReason(test) {
  const { note } = /** @type {{ note?: string }} */ (test.result());
  const reason =
    note ?? (isInFailed(test) ? "its suite failed" : "no reason given: context.skip(reason)");
  return `- ${test.module.relativeModuleId}: ${test.fullName} (${reason})`;
}

/** @param {TestCase} test */
function isInFailed(test) {
  for (let { parent } = test; parent; parent = parent.parent) {
    if (parent.errors().length > 0) return true;
  }
  return false;
}
