import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Port, SecurityGroup, Vpc } from "aws-cdk-lib/aws-ec2";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Code, type FunctionOptions, LayerVersion } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { commonJsFunction, esmFunction, layeredFunction } from "./orders-function.js";
import { type Pushgateway, pushgatewayPort, pushgatewayVariables } from "./pushgateway.js";

export interface OrdersStackProps extends StackProps {
  readonly pushgateway: Pushgateway;
  /** The VPC from which the functions reach the gateway. Without one, the gateway needs a public address. */
  readonly vpcId?: string | undefined;
  /** The layer's zip. If given, the stack has a function that the layer instruments. */
  readonly layerZip?: string | undefined;
}

/** The functions of `examples/aws-lambda`, each with the service that invokes it. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props: OrdersStackProps) {
    super(scope, id, props);
    const { pushgateway, vpcId, layerZip } = props;
    const options: FunctionOptions = {
      environment: pushgatewayVariables(pushgateway),
      ...(vpcId !== undefined && network(this, vpcId, pushgateway)),
    };

    const api = new HttpApi(this, "Api");
    api.addRoutes({
      path: "/orders",
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration("Http", esmFunction(this, "Http", "http.ts", options)),
    });

    const queue = new Queue(this, "Queue", {
      // Six times the function's timeout, as AWS advises. Otherwise a message is delivered again during its processing.
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: new Queue(this, "DeadLetters"), maxReceiveCount: 3 },
    });
    esmFunction(this, "Sqs", "sqs.ts", options).addEventSource(
      new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true }),
    );

    new Rule(this, "EveryFiveMinutes", {
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaFunction(esmFunction(this, "Schedule", "schedule.ts", options))],
    });

    const direct = commonJsFunction(this, "Direct", "handler.ts", options);

    if (layerZip !== undefined) {
      const layer = new LayerVersion(this, "PrefreezeLayer", { code: Code.fromAsset(layerZip) });
      layeredFunction(this, "Untouched", "untouched.ts", { ...options, layers: [layer] });
    }

    new CfnOutput(this, "ApiUrl", { value: api.apiEndpoint });
    new CfnOutput(this, "QueueUrl", { value: queue.queueUrl });
    new CfnOutput(this, "DirectFunctionName", { value: direct.functionName });
  }
}

/** The private subnets of the VPC, and a security group that the gateway's security group admits. */
function network(scope: Construct, vpcId: string, pushgateway: Pushgateway): FunctionOptions {
  const vpc = Vpc.fromLookup(scope, "Vpc", { vpcId });
  const functions = new SecurityGroup(scope, "Functions", {
    vpc,
    description: "Functions that push metrics",
  });
  if (pushgateway.securityGroupId !== undefined) {
    SecurityGroup.fromSecurityGroupId(
      scope,
      "Pushgateway",
      pushgateway.securityGroupId,
    ).addIngressRule(functions, Port.tcp(pushgatewayPort(pushgateway)), "Metrics of functions");
  }
  new CfnOutput(scope, "FunctionsSecurityGroupId", { value: functions.securityGroupId });
  return { vpc, securityGroups: [functions] };
}
