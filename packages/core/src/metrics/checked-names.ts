// The rules about names as types, so that a name that is written in the code is refused by the compiler. The
// type that replaces it says why. Names that only the program knows are checked when they are defined.

type Odd = `${string}${"-" | "." | " " | "/"}${string}`;

type Reserved =
  | `${"faas" | "go" | "process" | "promhttp" | "pushgateway" | "prefreeze" | "scrape"}_${string}`
  | "push_time_seconds"
  | "push_failure_time_seconds"
  | "up"
  | "target_info";

/** Any metric's name, or what is wrong with it. */
type MetricName<T extends string> = T extends Odd
  ? "the name must match [a-zA-Z_:][a-zA-Z0-9_:]*"
  : T extends Reserved
    ? `the name ${T} is reserved`
    : T;

/** The name of a counter, or what is wrong with it. */
export type CounterName<T extends string> = string extends T
  ? T
  : T extends `${string}_total`
    ? MetricName<T>
    : "a counter's name must end in _total";

/** The name of a gauge or a histogram, or what is wrong with it. */
export type OtherName<T extends string> = string extends T
  ? T
  : T extends `${string}_${infer S extends "total" | "count" | "sum" | "bucket"}`
    ? `the name must not end in _${S}`
    : MetricName<T>;

type ReservedLabel = "le" | "quantile" | "job" | "instance" | `__${string}`;

/** A list of labels, or what is wrong with one; for a metric whose name is known to the compiler. */
export type LabelNames<N extends readonly string[], T extends string> = string extends T
  ? N
  : Extract<N[number], ReservedLabel> extends never
    ? N
    : {
        readonly [K in keyof N]: N[K] extends ReservedLabel
          ? `the label ${N[K]} is reserved`
          : N[K];
      };
