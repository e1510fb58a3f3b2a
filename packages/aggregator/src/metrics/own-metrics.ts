/** How a push of a life was answered. */
export type PushAnswer = "accepted" | "older" | "unknown_life" | "full" | "not_durable" | "refused";

const ANSWERS: readonly PushAnswer[] = [
  "accepted",
  "older",
  "unknown_life",
  "full",
  "not_durable",
  "refused",
];
const COMMIT_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const NAME = "prefreeze_aggregator";

/** What the aggregator counts of its own work. */
export interface OwnMetrics {
  pushAnswered(answer: PushAnswer): void;
  committed(durationMs: number, error: Error | undefined): void;
  pushedUpstream(failure: string | undefined): void;
  passedOn(answered: boolean): void;
  forgotten(lives: number): void;
  /** @returns it all in the text format 0.0.4 */
  text(levels: Levels): string;
}

/** What is read when the metrics are. */
export interface Levels {
  readonly lives: number;
  readonly groups: number;
  /** Series of lives that have none of their own in the totals. */
  readonly overflowedSeries: number;
  /** Lives that were forgotten sooner than after a day. */
  readonly forgottenEarly: number;
  readonly leftOut: number;
  /** Whether the gateway answers. */
  readonly isGatewayUp: boolean;
}

export function createOwnMetrics(startedMs: number): OwnMetrics {
  const answers = new Map(ANSWERS.map((answer) => [answer, 0]));
  const commits = COMMIT_BOUNDS.map(() => 0);
  let commitSeconds = 0;
  let commitCount = 0;
  let commitFailures = 0;
  let forgotten = 0;
  const upstream = { success: 0, failure: 0 };
  const passed = { answered: 0, failed: 0 };

  return {
    pushAnswered: (answer) => void answers.set(answer, answers.get(answer)! + 1),
    committed(durationMs, error) {
      if (error) {
        commitFailures++;
        return;
      }
      const seconds = durationMs / 1_000;
      commitCount++;
      commitSeconds += seconds;
      COMMIT_BOUNDS.forEach((bound, i) => {
        if (seconds <= bound) commits[i]!++;
      });
    },
    pushedUpstream: (failure) => void upstream[failure === undefined ? "success" : "failure"]++,
    passedOn: (answered) => void passed[answered ? "answered" : "failed"]++,
    forgotten: (lives) => void (forgotten += lives),
    text({ lives, groups, overflowedSeries, forgottenEarly, leftOut, isGatewayUp }) {
      const { user, system } = process.cpuUsage();
      return [
        counter("pushes_total", "Pushes of instances, by answer.", by("answer", answers)),
        gauge("lives", "Lives that are known.", lives),
        gauge("groups", "Groups of totals, one for each job and its labels.", groups),
        gauge(
          "overflowed_series",
          "Series of instances over the limit of their job, which add up as _overflow.",
          overflowedSeries,
        ),
        counter(
          "forgotten_lives_total",
          "Lives that were forgotten. Their values stay in the totals.",
          by("reason", Object.entries({ silent: forgotten, no_room: forgottenEarly })),
        ),
        family(
          "commit_duration_seconds",
          "histogram",
          "Time to bring changes to disk, in seconds.",
          [
            ...COMMIT_BOUNDS.map((bound, i) => [`_bucket{le="${bound}"}`, commits[i]!] as const),
            ['_bucket{le="+Inf"}', commitCount],
            ["_sum", commitSeconds],
            ["_count", commitCount],
          ],
        ),
        counter("commit_failures_total", "Times that changes could not be brought to disk.", [
          ["", commitFailures],
        ]),
        gauge("gateway_up", "1 if the Pushgateway answers, else 0.", isGatewayUp ? 1 : 0),
        counter(
          "gateway_pushes_total",
          "Pushes of groups to the Pushgateway, by result.",
          by("result", Object.entries(upstream)),
        ),
        gauge(
          "left_out_families",
          "Metrics that the Pushgateway refuses beside those of other groups.",
          leftOut,
        ),
        counter(
          "passed_through_total",
          "Requests that were passed on to the Pushgateway, by result.",
          by("result", Object.entries(passed)),
        ),
        gauge(
          "start_time_seconds",
          "When it began to serve, in seconds since 1970.",
          startedMs / 1e3,
        ),
        counter("cpu_seconds_total", "Processor time of the process, in seconds.", [
          ["", (user + system) / 1e6],
        ]),
        gauge(
          "resident_memory_bytes",
          "Memory of the process, in bytes.",
          process.memoryUsage.rss(),
        ),
      ].join("");
    },
  };
}

type Samples = readonly (readonly [suffix: string, value: number])[];

function by(label: string, values: Iterable<readonly [string, number]>): Samples {
  return Array.from(values, ([value, count]) => [`{${label}="${value}"}`, count] as const);
}

function counter(name: string, help: string, samples: Samples): string {
  return family(name, "counter", help, samples);
}

function gauge(name: string, help: string, value: number): string {
  return family(name, "gauge", help, [["", value]]);
}

function family(name: string, type: string, help: string, samples: Samples): string {
  const lines = samples.map(([suffix, value]) => `${NAME}_${name}${suffix} ${value}\n`);
  return `# HELP ${NAME}_${name} ${help}\n# TYPE ${NAME}_${name} ${type}\n${lines.join("")}`;
}
