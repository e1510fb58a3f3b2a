// Events as the services send them, reduced to what a handler may read.

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

const multiValueHeaders = {
  requestContext: loadBalancer.requestContext,
  httpMethod: "POST",
  path: "/orders",
  multiValueQueryStringParameters: { plan: ["pro"] },
  multiValueHeaders: { accept: ["*/*"], "x-forwarded-for": ["192.0.2.1"] },
  body: "",
  isBase64Encoded: false,
};

const latticeV1 = {
  raw_path: "/orders",
  method: "POST",
  headers: { accept: "*/*", "x-forwarded-for": "192.0.2.1" },
  query_string_parameters: {},
  body: "{}",
  is_base64_encoded: false,
};

const latticeV2 = {
  version: "2.0",
  path: "/orders",
  method: "POST",
  headers: { accept: ["*/*"], "x-forwarded-for": ["192.0.2.1"] },
  body: "{}",
  isBase64Encoded: false,
  requestContext: {
    serviceNetworkArn:
      "arn:aws:vpc-lattice:eu-central-1:123456789012:servicenetwork/sn-0bf3f2882e9cc805a",
    serviceArn: "arn:aws:vpc-lattice:eu-central-1:123456789012:service/svc-0a40eebed65f8d69c",
    targetGroupArn: "arn:aws:vpc-lattice:eu-central-1:123456789012:targetgroup/tg-6d0ecf831eec9f09",
    identity: { sourceVpcArn: "arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-0b8276c84697e7339" },
    region: "eu-central-1",
    timeEpoch: "1773119783000000",
  },
};

/** Each event is one HTTP request, and its client waits for the answer. */
export const httpEvents = {
  "a REST API": {
    ...restApi,
    resource: "/orders/{id}",
    path: "/orders/1",
    pathParameters: { id: "1" },
  },
  "an HTTP API": { ...httpApi, routeKey: "POST /orders/{id}", rawPath: "/orders/1" },
  "an HTTP API with payload format 1.0": { ...restApi, version: "1.0" },
  "an HTTP API with payload format 1.0 and the route $default": {
    ...restApi,
    version: "1.0",
    resource: "$default",
  },
  "a function URL": functionUrl,
  "a load balancer": loadBalancer,
  "a load balancer with multi-value headers": multiValueHeaders,
  "VPC Lattice": latticeV1,
  "VPC Lattice with event format 2.0": latticeV2,
} as const;

const authorizerContext = {
  ...restApi,
  type: "REQUEST",
  methodArn: "arn:aws:execute-api:eu-central-1:123456789012:abc123/prod/POST/orders",
};

/** Events of authorizers: API Gateway waits for the answer, not a client. */
export const authorizerEvents = {
  "a REST API's request authorizer": authorizerContext,
  "a REST API's token authorizer": {
    type: "TOKEN",
    authorizationToken: "allow",
    methodArn: authorizerContext.methodArn,
  },
  "an AppSync API's authorizer": {
    authorizationToken: "allow",
    requestContext: {
      apiId: "abc123",
      accountId: "123456789012",
      requestId: "f4081827-1111-4444-5555-5cf4695f339f",
      queryString: "query Order { order { id } }",
      operationName: "Order",
      variables: {},
    },
    requestHeaders: { host: "abc.appsync-api.eu-central-1.amazonaws.com" },
  },
  "an IoT authorizer": {
    token: "allow",
    signatureVerified: true,
    protocols: ["http"],
    protocolData: { http: { headers: {}, queryString: "" } },
    connectionMetadata: { id: "1" },
  },
  "an HTTP API's authorizer": {
    ...httpApi,
    type: "REQUEST",
    routeArn: authorizerContext.methodArn,
    identitySource: ["user1", "123"],
  },
} as const;
