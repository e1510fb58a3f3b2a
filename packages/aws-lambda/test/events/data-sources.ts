const dynamodb = {
  eventID: "c4ca4238a0b923820dcc509a6f75849b",
  eventName: "INSERT",
  eventVersion: "1.1",
  eventSource: "aws:dynamodb",
  awsRegion: "eu-central-1",
  dynamodb: {
    Keys: { Id: { N: "101" } },
    NewImage: { Plan: { S: "pro" }, Id: { N: "101" } },
    ApproximateCreationDateTime: 1773119783,
    SequenceNumber: "4421584500000000017450439091",
    SizeBytes: 26,
    StreamViewType: "NEW_AND_OLD_IMAGES",
  },
  eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-03-10",
};

/** Batches whose handler's result can name the items that failed. */
export const changeBatches = {
  "a DynamoDB stream": { Records: [dynamodb] },
  "EventBridge Pipes from a DynamoDB stream": [dynamodb],
} as const;

/** Other changes of data. */
export const changeEvents = {
  S3: {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: "eu-central-1",
        eventTime: "2026-03-10T05:16:23.000Z",
        eventName: "ObjectCreated:Put",
        userIdentity: { principalId: "AWS:AIDAINPONIXQXHT3IKHL2" },
        requestParameters: { sourceIPAddress: "192.0.2.1" },
        s3: {
          s3SchemaVersion: "1.0",
          bucket: { name: "orders", arn: "arn:aws:s3:::orders" },
          object: { key: "1.json", size: 5, eTag: "5d41402abc4b2a76b9719d911017c592" },
        },
      },
    ],
  },
  DocumentDB: {
    eventSourceArn: "arn:aws:rds:eu-central-1:123456789012:cluster:orders",
    events: [
      {
        event: {
          _id: { _data: "0163eeb6e7000000090100000009000041e1" },
          clusterTime: { $timestamp: { t: 1773119783, i: 9 } },
          documentKey: { _id: { $oid: "63eeb6e7d418cd98afb1c1d7" } },
          fullDocument: { plan: "pro" },
          ns: { db: "shop", coll: "orders" },
          operationType: "insert",
        },
      },
    ],
    eventSource: "aws:docdb",
  },
} as const;
