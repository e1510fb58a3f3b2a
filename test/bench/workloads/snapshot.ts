/** The metrics that a handler records: names, labels and buckets, the same for both sides. */
export const ORDERS = {
  name: "orders_total",
  help: "Orders accepted.",
  labelNames: ["plan", "country"],
} as const;
export const MESSAGES = {
  name: "messages_total",
  help: "Messages sent.",
  labelNames: ["channel"],
} as const;
export const BACKLOG = {
  name: "backlog_messages",
  help: "Messages waiting.",
  labelNames: ["queue"],
} as const;
export const CHARGE = {
  name: "charge_duration_seconds",
  help: "Time to charge a card.",
  labelNames: ["provider"],
} as const;
export const SIZE = {
  name: "order_size_bytes",
  help: "Size of orders.",
  labelNames: ["plan"],
  buckets: [100, 1_000, 10_000, 100_000],
};

/** Labels of `target_info`, like those of a Lambda function. */
export const TARGET_INFO = {
  cloud_platform: "aws_lambda",
  cloud_region: "eu-central-1",
  faas_name: "checkout",
  faas_version: "$LATEST",
  process_runtime_name: "nodejs",
  process_runtime_version: "22.20.0",
};

/** The buckets of `faas_invoke_duration_seconds`, in seconds. */
export const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 900,
];
