// A durable function in CommonJS, which names its plugin in code.
const { withDurableExecution } = require("@aws/durable-execution-sdk-js");
const { counter, instrument } = require("@prefreeze/aws-lambda");
const { durableExecutionPluginProvider } = require("@prefreeze/aws-lambda/durable");

const outside = counter({ name: "outside_total", help: "Outside steps.", labelNames: ["at"] });

const execute = async (_event, context) => {
  outside.inc({ at: "top" });
  await context.wait({ seconds: 1 });
};
exports.configured = instrument(withDurableExecution(execute));
exports.inCode = instrument(
  withDurableExecution(execute, { plugins: [durableExecutionPluginProvider.createPlugin()] }),
);
