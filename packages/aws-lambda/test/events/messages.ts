const sqs = {
  messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
  receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
  body: "hello",
  attributes: {
    ApproximateReceiveCount: "1",
    SentTimestamp: "1773119783000",
    SenderId: "AIDAIENQZJOLO23YVJ4VO",
    ApproximateFirstReceiveTimestamp: "1773119783005",
  },
  messageAttributes: {},
  md5OfBody: "5d41402abc4b2a76b9719d911017c592",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:orders",
  awsRegion: "eu-central-1",
};

const sns = {
  EventSource: "aws:sns",
  EventVersion: "1.0",
  EventSubscriptionArn: "arn:aws:sns:eu-central-1:123456789012:orders:2d1d9b3c",
  Sns: {
    Type: "Notification",
    MessageId: "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
    TopicArn: "arn:aws:sns:eu-central-1:123456789012:orders",
    Subject: null,
    Message: "hello",
    Timestamp: "2026-03-10T05:16:23.000Z",
    MessageAttributes: {},
  },
};

const kinesis = {
  kinesis: {
    kinesisSchemaVersion: "1.0",
    partitionKey: "1",
    sequenceNumber: "49590338271490256608559692538361571095921575989136588898",
    data: "aGVsbG8=",
    approximateArrivalTimestamp: 1773119783.123,
  },
  eventSource: "aws:kinesis",
  eventVersion: "1.0",
  eventID: "shardId-000000000006:49590338271490256608559692538361571095921575989136588898",
  eventName: "aws:kinesis:record",
  invokeIdentityArn: "arn:aws:iam::123456789012:role/orders",
  awsRegion: "eu-central-1",
  eventSourceARN: "arn:aws:kinesis:eu-central-1:123456789012:stream/orders",
};

const kafkaRecords = {
  "orders-0": [
    {
      topic: "orders",
      partition: 0,
      offset: 15,
      timestamp: 1773119783000,
      timestampType: "CREATE_TIME",
      key: "a2V5",
      value: "aGVsbG8=",
      headers: [],
    },
  ],
};

const msk = {
  eventSource: "aws:kafka",
  eventSourceArn: "arn:aws:kafka:eu-central-1:123456789012:cluster/orders/751d2973-a626-431c-9d4e",
  bootstrapServers: "b-2.orders.kafka.eu-central-1.amazonaws.com:9092",
  records: kafkaRecords,
};

const selfManagedKafka = {
  eventSource: "SelfManagedKafka",
  bootstrapServers: "kafka.example.com:9092",
  records: kafkaRecords,
};

/** Batches whose handler's result can name the items that failed. */
export const messageBatches = {
  SQS: { Records: [sqs] },
  "a Kinesis stream": { Records: [kinesis] },
  MSK: msk,
  "self-managed Kafka": selfManagedKafka,
  "EventBridge Pipes from SQS": [sqs],
} as const;

/** Other messages. */
export const messageEvents = {
  SNS: { Records: [sns] },
  "a custom event from EventBridge": {
    version: "0",
    id: "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "Order Accepted",
    source: "com.example.orders",
    account: "123456789012",
    time: "2026-03-10T05:16:23Z",
    region: "eu-central-1",
    resources: [],
    detail: { plan: "pro" },
  },
  "an AWS event from EventBridge": {
    version: "0",
    id: "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "123456789012",
    time: "2026-03-10T05:16:23Z",
    region: "eu-central-1",
    resources: ["arn:aws:s3:::orders"],
    detail: { bucket: { name: "orders" }, object: { key: "1.json", size: 5 } },
  },
  ActiveMQ: {
    eventSource: "aws:mq",
    eventSourceArn: "arn:aws:mq:eu-central-1:123456789012:broker:orders:b-0f5b7522",
    messages: [
      {
        messageID: "ID:b-0f5b7522-2.mq.eu-central-1.amazonaws.com-34859-1598944546501-4:12:1:1:3",
        messageType: "jms/text-message",
        timestamp: 1773119783000,
        deliveryMode: 1,
        destination: { physicalName: "orders" },
        redelivered: false,
        data: "aGVsbG8=",
        properties: {},
      },
    ],
  },
  RabbitMQ: {
    eventSource: "aws:rmq",
    eventSourceArn: "arn:aws:mq:eu-central-1:123456789012:broker:orders:b-9bcfa592",
    rmqMessagesByQueue: {
      "orders::/": [
        { basicProperties: { contentType: "text/plain" }, redelivered: false, data: "aGVsbG8=" },
      ],
    },
  },
  SES: {
    Records: [
      {
        eventVersion: "1.0",
        ses: { mail: { messageId: "o3vrnil0e2ic28tr" }, receipt: { recipients: [] } },
        eventSource: "aws:ses",
      },
    ],
  },
  "a channel of AppSync Events": {
    identity: null,
    result: null,
    request: { headers: { host: "abc.appsync-api.eu-central-1.amazonaws.com" }, domainName: null },
    info: {
      channel: { path: "/orders/new", segments: ["orders", "new"] },
      channelNamespace: { name: "orders" },
      operation: "PUBLISH",
    },
    error: null,
    prev: null,
    stash: {},
    outErrors: [],
    events: [{ payload: { plan: "pro" }, id: "12345" }],
  },
  "CloudWatch Logs": { awslogs: { data: "H4sIAAAAAAAAAA==" } },
  Firehose: {
    invocationId: "invocation-1",
    deliveryStreamArn: "arn:aws:firehose:eu-central-1:123456789012:deliverystream/orders",
    region: "eu-central-1",
    records: [{ recordId: "1", approximateArrivalTimestamp: 1773119783000, data: "aGVsbG8=" }],
  },
} as const;
