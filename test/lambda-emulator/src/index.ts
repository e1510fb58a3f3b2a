export { bundleHandler } from "./bundle-handler.js";
export { lambdaClient } from "./invoke/lambda-client.js";
export { timedInvoker } from "./invoke/timed-invoker.js";
export { type LambdaOptions, startLambda } from "./lambda.js";
export type { Lambda } from "./serve-function.js";
