import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the closing line counts what passed, failed and was skipped, with each reason", async () => {
  expect(await count({})).toEqual({
    passed: 1,
    // The test, and the hook.
    failed: 2,
    skipped: [
      "- outcomes.ts: says why it is skipped (there is no moon tonight)",
      "- outcomes.ts: is skipped in silence (no reason was given: use `context.skip(reason)`)",
      "- outcomes.ts: is to come (to be written)",
      "- outcomes.ts: with a broken hook > does not run (its file or suite failed)",
    ],
  });
});

test("what `-t` leaves out is not skipped", async () => {
  expect(await count({ testNamePattern: "^passes" })).toEqual({
    passed: 1,
    failed: 0,
    skipped: [],
  });
});

test("a file that does not load has failed", async () => {
  expect(await count({ include: ["not-a-test.mjs"] })).toEqual({
    passed: 0,
    failed: 1,
    skipped: [],
  });
});

/** Counts the fixture's tests in a process of its own. */
async function count(options: object): Promise<unknown> {
  const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
  const settings = {
    config: false,
    root: fixtures,
    include: ["outcomes.ts"],
    watch: false,
    reporters: [],
    ...options,
  };
  const script = `
    import { startVitest } from "vitest/node";
    import { countTests } from ${JSON.stringify(new URL("count-tests.mjs", import.meta.url).href)};
    const vitest = await startVitest("test", [], ${JSON.stringify(settings)});
    const counted = countTests(vitest);
    await vitest.close();
    process.exitCode = 0;
    console.log("\\n" + JSON.stringify(counted));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "--eval",
    script,
  ]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
