// Counts what vitest ran, for the closing line of `npm test`.

/**
 * @param {import("vitest/node").Vitest} vitest after a run
 * @returns {{ passed: number, failed: number, skipped: string[] }} what failed outside of a test (a
 *   file that does not load, a hook, an unhandled rejection) counts as one failure each; a skipped
 *   test is named with its reason
 */
export function countTests(vitest) {
  const wanted = vitest.config.testNamePattern;
  const counts = { passed: 0, failed: vitest.state.getUnhandledErrors().length, skipped: [] };
  for (const module of vitest.state.getTestModules()) {
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      // Left out by `-t`, which is no skip, as little as a file that no filter names.
      if (wanted && !wanted.test(test.fullName.replaceAll(" > ", " "))) continue;
      const { state, note } = test.result();
      if (state === "passed") counts.passed += 1;
      else if (state === "failed") counts.failed += 1;
      else
        counts.skipped.push(
          `- ${module.relativeModuleId}: ${test.fullName} (${reasonOf(test, state, note)})`,
        );
    }
  }
  return counts;
}

/**
 * @param {import("vitest/node").TestCase} test
 * @param {string} state
 * @param {string | undefined} note
 */
function reasonOf(test, state, note) {
  if (note) return note;
  for (let { parent } = test; parent; parent = parent.parent) {
    if (parent.errors().length > 0) return "its file or suite failed";
  }
  if (test.options.mode === "todo") return "to be written";
  return state === "pending"
    ? "it was not reached"
    : "no reason was given: use `context.skip(reason)`";
}
