import { fileURLToPath, pathToFileURL } from "node:url";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { lambdaClient, startLambda } from "@prefreeze/lambda-emulator";
import type { Platform } from "./platform.js";
import { lastLines, runProgram } from "./run-program.mjs";
import { createTally } from "./tally.js";

const folder = fileURLToPath(new URL("../aws-lambda/", import.meta.url));
const code = `${folder}dist/handler`;
// On Lambda, the path is /var/task/register.mjs.
const register = pathToFileURL(`${code}/register.mjs`).href;
const functionName = "example-aws-lambda";

interface Order {
  readonly plan: "free" | "pro";
  readonly card?: "declined";
}

/** AWS's runtime client runs one call at a time in a process; between calls the process is frozen. */
export const lambda: Platform = {
  title: "AWS Lambda",
  runtime: "AWS's runtime client, frozen between invocations",
  job: functionName,
  async run(target) {
    await bundle();
    const running = await startLambda({
      taskRoot: code,
      handler: "index.handler",
      functionName,
      env: { PUSHGATEWAY_URL: target.url, NODE_OPTIONS: `--import=${register}` },
    });
    const client = lambdaClient(running.endpoint);
    const tally = createTally();
    const invoke = async (event: object, order: Order) => {
      const Payload = JSON.stringify(event);
      const command = new InvokeCommand({ FunctionName: functionName, Payload });
      const { FunctionError, Payload: answer } = await client.send(command);
      const declined = FunctionError !== undefined;
      if (declined !== (order.card === "declined")) {
        throw new Error(`The function answered ${answer?.transformToString()}\n${running.logs()}`);
      }
      tally.order(order.plan, declined ? "declined" : "accepted");
    };
    const order = (placed: Order) => invoke(placed, placed);
    const overHttp = (placed: Order) =>
      invoke(
        { requestContext: { http: { method: "POST" } }, body: JSON.stringify(placed) },
        placed,
      );
    try {
      // One call after another: one environment, frozen after each.
      for (let count = 0; count < 4; count += 1) await order({ plan: "pro" });
      await order({ plan: "pro", card: "declined" });
      // Concurrent calls, so that more environments start.
      await Promise.all([
        ...Array.from({ length: 3 }, () => order({ plan: "free" })),
        overHttp({ plan: "free", card: "declined" }),
      ]);
      // The environments are warm now.
      await Promise.all(Array.from({ length: 3 }, () => overHttp({ plan: "pro" })));
      // Pushes follow the responses. An environment is frozen once its push has ended.
      await running.settled();
      const seen = tally.numbers(running.coldStarts());
      const summary = `${seen.coldStarts} environments, ${seen.charges} invocations, ${seen.failed} of them failed`;
      return { seen, summary, logs: running.logs() };
    } finally {
      client.destroy();
      await running.stop();
    }
  },
};

/** Builds the function as one does before a deployment. */
async function bundle(): Promise<void> {
  const { failure, output } = await runProgram(process.execPath, ["build.mjs"], { cwd: folder });
  if (failure !== undefined)
    throw new Error(`Bundling ${folder} failed (${failure}):\n${lastLines(output, 20)}`);
}
