const requestContext = {
  eventType: "MESSAGE",
  extendedRequestId: "R1knPH17NjMFftw=",
  requestTime: "10/Mar/2026:05:16:23 +0000",
  messageDirection: "IN",
  stage: "prod",
  connectedAt: 1773119780000,
  requestTimeEpoch: 1773119783000,
  identity: { sourceIp: "192.0.2.1", userAgent: "Mozilla/5.0" },
  requestId: "R1knPH17NjMFftw=",
  domainName: "abc123.execute-api.eu-central-1.amazonaws.com",
  connectionId: "R1kmxc2VNjMCFIA=",
  apiId: "abc123",
};

/** Events of a WebSocket connection. Each has a route key, but none is an HTTP request. */
export const webSocketEvents = {
  "a WebSocket API's connection": {
    headers: { Host: requestContext.domainName, "Sec-WebSocket-Version": "13" },
    multiValueHeaders: { Host: [requestContext.domainName], "Sec-WebSocket-Version": ["13"] },
    requestContext: {
      ...requestContext,
      routeKey: "$connect",
      eventType: "CONNECT",
      messageId: undefined,
    },
    isBase64Encoded: false,
  },
  "a WebSocket API's message": {
    requestContext: { ...requestContext, routeKey: "$default", messageId: "R1knPc2ntjMCFIA=" },
    body: "{}",
    isBase64Encoded: false,
  },
} as const;
