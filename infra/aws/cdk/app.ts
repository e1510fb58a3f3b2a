// A function that the layer of prefreeze instruments.
//
//   npm install @prefreeze/aws-lambda aws-cdk-lib constructs aws-cdk tsx
//   npx cdk deploy -c pushgatewayUrl=http://pushgateway.internal:9091
import { App, Duration, Stack } from "aws-cdk-lib";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
} from "aws-cdk-lib/aws-lambda";

const app = new App();
const pushgatewayUrl = app.node.tryGetContext("pushgatewayUrl") as string | undefined;
if (pushgatewayUrl === undefined || !/^https?:\/\/[^@]+$/.test(pushgatewayUrl)) {
  throw new Error(
    "Say where to push, without a password: -c pushgatewayUrl=http://pushgateway.internal:9091",
  );
}

const stack = new Stack(app, "PrefreezeShop");

const layer = new LayerVersion(stack, "PrefreezeLayer", {
  code: Code.fromAsset("node_modules/@prefreeze/aws-lambda/dist/prefreeze-layer.zip"),
  compatibleRuntimes: [Runtime.NODEJS_22_X, Runtime.NODEJS_24_X],
});

new LambdaFunction(stack, "Shop", {
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  timeout: Duration.seconds(10),
  memorySize: 256,
  code: Code.fromAsset("function"),
  handler: "index.handler",
  // What follows is all that prefreeze needs.
  layers: [layer],
  environment: {
    AWS_LAMBDA_EXEC_WRAPPER: "/opt/prefreeze/wrapper",
    PUSHGATEWAY_URL: pushgatewayUrl,
    // CloudFormation appends letters to the function's name, which differ for each stack.
    PREFREEZE_JOB: "shop",
  },
});
