// Events as the services send them, cut to what a handler may look at.

const restApi = {
  resource: "/orders",
  path: "/orders",
  httpMethod: "POST",
  headers: {
    "content-type": "application/json",
    host: "abc123.execute-api.eu-central-1.amazonaws.com",
  },
  queryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  requestContext: {
    resourceId: "r1",
    resourcePath: "/orders",
    httpMethod: "POST",
    path: "/prod/orders",
    accountId: "123456789012",
    protocol: "HTTP/1.1",
    stage: "prod",
    requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    identity: { sourceIp: "192.0.2.1", userAgent: "curl/8.5.0" },
    apiId: "abc123",
  },
  body: "{}",
  isBase64Encoded: false,
};

const httpApi = {
  version: "2.0",
  routeKey: "POST /orders",
  rawPath: "/orders",
  rawQueryString: "",
  headers: { "content-type": "application/json" },
  requestContext: {
    accountId: "123456789012",
    apiId: "abc123",
    domainName: "abc123.execute-api.eu-central-1.amazonaws.com",
    http: {
      method: "POST",
      path: "/orders",
      protocol: "HTTP/1.1",
      sourceIp: "192.0.2.1",
      userAgent: "curl/8.5.0",
    },
    requestId: "JKJaXmPLvHcESHA=",
    routeKey: "POST /orders",
    stage: "$default",
    time: "10/Mar/2026:05:16:23 +0000",
    timeEpoch: 1773119783000,
  },
  body: "{}",
  isBase64Encoded: false,
};

const functionUrl = {
  ...httpApi,
  routeKey: "$default",
  requestContext: {
    ...httpApi.requestContext,
    accountId: "anonymous",
    domainName: "abc123.lambda-url.eu-central-1.on.aws",
    routeKey: "$default",
  },
};

const loadBalancer = {
  requestContext: {
    elb: {
      targetGroupArn:
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/lambda-1/49e9d65c45c6791a",
    },
  },
  httpMethod: "POST",
  path: "/orders",
  queryStringParameters: {},
  headers: { accept: "*/*", "x-forwarded-for": "192.0.2.1" },
  body: "",
  isBase64Encoded: false,
};

const webSocket = {
  requestContext: {
    routeKey: "$default",
    eventType: "MESSAGE",
    connectionId: "fjSCXfAGrPECFsA=",
    domainName: "abc123.execute-api.eu-central-1.amazonaws.com",
    apiId: "abc123",
  },
  body: "{}",
  isBase64Encoded: false,
};

const queue = {
  Records: [
    {
      messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
      receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
      body: "hello",
      attributes: { ApproximateReceiveCount: "1" },
      messageAttributes: {},
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:orders",
      awsRegion: "eu-central-1",
    },
  ],
};

/** What comes from a client that waits for an HTTP answer. */
export const httpEvents = {
  "a REST API": restApi,
  "an HTTP API": httpApi,
  "an HTTP API with payload format 1.0": { ...restApi, version: "1.0" },
  "a function URL": functionUrl,
  "a load balancer": loadBalancer,
} as const;

/** What does not, though some of it looks like it. */
export const otherEvents = {
  "a WebSocket API": webSocket,
  "a queue": queue,
  "nothing but a field named requestContext": { requestContext: "x" },
  "a requestContext that is null": { requestContext: null },
  "an order with an httpMethod": { httpMethod: "GET" },
} as const;
