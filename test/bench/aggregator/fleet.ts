import { counter } from "@prefreeze/core";
import { instanceOn, type Platform, wrap } from "@prefreeze/core/adapter";
import { TARGET_INFO } from "../workloads/snapshot.js";

const SERIES_PER_LIFE = 45;
/** What an instance has beside its orders. */
const OTHER_SERIES = 35;
const SNAPSHOTS = 250;

/** The push of one instance, as an HTTP request. */
export interface Push {
  readonly request: string;
  answered(): void;
}

/** Instances that are alive at once and push real snapshots of one function, one after another. */
export interface Fleet {
  /** How many instances it has. */
  readonly lives: number;
  /** Adds instances that have not pushed yet. Their turn is next. */
  growTo(lives: number): void;
  /** @returns the next push in turn; an instance has one in flight at most */
  next(): Push;
}

/** @param bodies what each instance pushes, one after another */
export function createFleet(bodies: readonly string[]): Fleet {
  const snapshots = bodies.map((body) => ({
    head:
      `\r\nhost: 127.0.0.1\r\ncontent-type: text/plain; version=0.0.4\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n`,
    body,
  }));
  const pushes: number[] = [];
  /** Those that have no push in flight, in their order. */
  let idle: number[] = [];
  let first = 0;

  function takeFirst(): number {
    const life = idle[first++];
    if (life === undefined) throw new Error("every instance has a push in flight");
    if (first > 100_000) {
      idle = idle.slice(first);
      first = 0;
    }
    return life;
  }

  return {
    get lives() {
      return pushes.length;
    },
    growTo(lives) {
      const added = Array.from({ length: lives - pushes.length }, (_, n) => pushes.length + n);
      idle = [...added, ...idle.slice(first)];
      first = 0;
      for (const life of added) pushes[life] = 0;
    },
    next() {
      const life = takeFirst();
      const snapshot = snapshots[pushes[life]!++];
      if (snapshot === undefined) throw new Error(`a life pushes more than ${SNAPSHOTS} times`);
      const id = `bench-${life.toString(36).padStart(12, "0")}`;
      return {
        request: `PUT /metrics/job/bench/instance/${id} HTTP/1.1${snapshot.head}${snapshot.body}`,
        answered: () => void idle.push(life),
      };
    },
  };
}

/** @returns the consecutive pushes of the one instance that this process has, as core encodes them */
export async function pushedSnapshots(): Promise<string[]> {
  const bodies: string[] = [];
  const orders = counter({ name: "orders_total", help: "Orders accepted.", labelNames: ["plan"] });
  const platform: Platform = {
    name: "bench",
    flushMode: ["flush before returning"],
    env: { PUSHGATEWAY_URL: "http://127.0.0.1:9091" },
    job: "bench",
    instancePrefix: "bench",
    targetInfo: TARGET_INFO,
    initDurationMs: 120,
    async transport({ body }) {
      if (typeof body === "string") bodies.push(body);
      return { status: 200, body: "" };
    },
  };
  const handler = wrap(
    async (count: number) => {
      for (let plan = 0; plan < SERIES_PER_LIFE - OTHER_SERIES; plan++)
        orders.inc({ plan: `plan-${plan}` }, count);
    },
    () => instanceOn(platform, {}),
    () => ({ key: {}, id: "", trigger: "http", keepAlive: (flush) => flush() }),
  );
  for (let count = 1; count <= SNAPSHOTS; count++) await handler(count);
  const series = bodies.at(-1)!.match(/^[a-z]/gm)?.length;
  if (bodies.length !== SNAPSHOTS || series !== SERIES_PER_LIFE)
    throw new Error(`${bodies.length} snapshots of ${series} series`);
  return bodies;
}
