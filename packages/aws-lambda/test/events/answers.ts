// Events whose handler takes part in the answer to a client's request, but which are not the request itself.

const viewerRequest = {
  cf: {
    config: {
      distributionDomainName: "d111111abcdef8.cloudfront.net",
      distributionId: "EDFDVBD6EXAMPLE",
      eventType: "viewer-request",
      requestId: "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
    },
    request: {
      clientIp: "192.0.2.1",
      headers: { host: [{ key: "Host", value: "d111111abcdef8.cloudfront.net" }] },
      method: "GET",
      querystring: "",
      uri: "/orders/1",
    },
  },
};

const originResponse = (status: string) => ({
  cf: {
    ...viewerRequest.cf,
    config: { ...viewerRequest.cf.config, eventType: "origin-response" },
    response: { headers: {}, status, statusDescription: "" },
  },
});

/** The handler's result has a `status`, as text. */
export const edgeEvents = {
  "Lambda@Edge at a viewer's request": { Records: [viewerRequest] },
  "Lambda@Edge at an origin's response": { Records: [originResponse("200")] },
} as const;

/** The origin's own failure, which a handler passes on. */
export const failedOriginEvent = { Records: [originResponse("503")] };

const objectLambda = {
  xAmzRequestId: "1a5ed718-5f53-471d-b6fe-5cf62d88d02a",
  configuration: {
    accessPointArn: "arn:aws:s3-object-lambda:eu-central-1:123456789012:accesspoint/orders",
    supportingAccessPointArn: "arn:aws:s3:eu-central-1:123456789012:accesspoint/orders",
    payload: "",
  },
  userRequest: { url: "https://orders.s3-object-lambda.eu-central-1.amazonaws.com/1", headers: {} },
  userIdentity: { type: "AssumedRole", principalId: "principal" },
  protocolVersion: "1.00",
};

export const objectLambdaEvents = {
  "S3 Object Lambda at a GetObject": {
    ...objectLambda,
    getObjectContext: {
      inputS3Url: "https://orders.s3-accesspoint.eu-central-1.amazonaws.com/1",
      outputRoute: "io-use1-001",
      outputToken: "OutputToken",
    },
  },
  "S3 Object Lambda at a HeadObject": {
    ...objectLambda,
    headObjectContext: {
      inputS3Url: "https://orders.s3-accesspoint.eu-central-1.amazonaws.com/1",
    },
  },
} as const;

const resolver = {
  arguments: { id: "1" },
  identity: null,
  source: null,
  request: {
    headers: { host: "abc.appsync-api.eu-central-1.amazonaws.com" },
    domainName: null,
  },
  prev: null,
};

const appSync = {
  ...resolver,
  info: {
    selectionSetList: ["id"],
    selectionSetGraphQL: "{ id }",
    fieldName: "order",
    parentTypeName: "Query",
    variables: {},
  },
  stash: {},
};

/** The handler's result is the value of a field, whatever its properties are called. */
export const resolverEvents = {
  "an AppSync resolver": appSync,
  "an AppSync batch resolver": [appSync, { ...appSync, source: { id: "2" } }],
  "an Amplify resolver": { typeName: "Query", fieldName: "order", ...resolver },
} as const;
