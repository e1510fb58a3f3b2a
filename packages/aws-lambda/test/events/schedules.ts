const rule = {
  version: "0",
  id: "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
  "detail-type": "Scheduled Event",
  source: "aws.events",
  account: "123456789012",
  time: "2026-03-10T05:16:23Z",
  region: "eu-central-1",
  resources: ["arn:aws:events:eu-central-1:123456789012:rule/nightly"],
  detail: {},
};

export const scheduleEvents = {
  "an EventBridge rule on a schedule": rule,
  "EventBridge Scheduler without custom input": {
    ...rule,
    source: "aws.scheduler",
    resources: ["arn:aws:scheduler:eu-central-1:123456789012:schedule/default/nightly"],
    detail: "{}",
  },
} as const;
