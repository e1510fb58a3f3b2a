// Reads its settings from -c: `npx cdk deploy -c pushgatewayUrl=http://pushgateway.internal:9091`.
import { App } from "aws-cdk-lib";
import { OrdersStack } from "./orders-stack.js";

const app = new App();

function given(name: string): string | undefined {
  return app.node.tryGetContext(name) as string | undefined;
}

const pushgatewayUrl = given("pushgatewayUrl");
if (pushgatewayUrl === undefined)
  throw new Error("Say where to push: -c pushgatewayUrl=http://pushgateway.internal:9091");

const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
new OrdersStack(app, "Orders", {
  pushgateway: {
    url: pushgatewayUrl,
    secret: given("pushgatewaySecret"),
    securityGroupId: given("pushgatewaySecurityGroupId"),
  },
  vpcId: given("vpcId"),
  layerZip: given("layerZip"),
  // Looking up a VPC needs an account and a region. Without a VPC, the stack fits any.
  ...(account !== undefined && region !== undefined && { env: { account, region } }),
});
