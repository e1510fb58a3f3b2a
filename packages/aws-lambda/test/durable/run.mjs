// Runs durable functions with AWS's own local runner, as if on Lambda: `run.mjs <module> <export> <events as JSON>`.
// Prints how each execution ended and how many invocations it took.
import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";

const [module, exported, events] = process.argv.slice(2);
const { [exported]: handlerFunction } = await import(module);

// Skipping time would skip the flush timeout, too.
await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
const ends = [];
for (const payload of JSON.parse(events)) {
  const runner = new LocalDurableTestRunner({ handlerFunction });
  const execution = runner.run({ payload });
  if (exported === "approval") {
    const approval = runner.getOperation("approved");
    await approval.waitForData("SUBMITTED");
    await approval.sendCallbackSuccess("yes");
  }
  const ended = await execution;
  ends.push({ status: ended.getStatus(), invocations: ended.getInvocations().length });
}
await LocalDurableTestRunner.teardownTestEnvironment();
process.stdout.write(JSON.stringify(ends));
