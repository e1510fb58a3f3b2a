// Sends pushes of lives to the aggregator object by RPC, as isolates do.
import { PrefreezeAggregator } from "@prefreeze/cloudflare-workers/aggregator";
import type { Load, Loaded } from "../object-load.js";

interface Sql {
  exec(query: string, ...values: unknown[]): { readonly rowsWritten: number };
}

interface Context {
  readonly storage: { readonly sql: Sql; setAlarm(atMs: number): Promise<void> };
}

interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): MeasuredAggregator;
}

/** The aggregator object, whose rows are counted as Cloudflare bills them. */
export class MeasuredAggregator extends PrefreezeAggregator {
  rows(): Promise<number> {
    const { storage } = this.ctx as unknown as Context;
    const before = counted;
    counted = 0;
    if (before !== undefined) return Promise.resolve(before);
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    const setAlarm = storage.setAlarm.bind(storage);
    sql.exec = (query, ...values) => {
      const cursor = exec(query, ...values);
      counted! += cursor.rowsWritten;
      return cursor;
    };
    storage.setAlarm = (atMs) => {
      counted!++;
      return setAlarm(atMs);
    };
    return Promise.resolve(0);
  }

  async ring(): Promise<void> {
    await this.alarm();
  }
}

let counted: number | undefined;
let bodies: readonly string[] = [];
const pushes: number[] = [];
let turn = 0;

export default {
  async fetch(request: Request, env: { readonly OBJECT: Namespace }): Promise<Response> {
    const object = env.OBJECT.get(env.OBJECT.idFromName("prefreeze-0"));
    const { pathname } = new URL(request.url);
    if (pathname === "/rows") return Response.json(await object.rows());
    if (pathname === "/ring") return Response.json((await object.ring()) ?? null);
    if (pathname === "/bodies") {
      bodies = (await request.json()) as string[];
      return Response.json(bodies.length);
    }
    return Response.json(await load(object, (await request.json()) as Load));
  },
};

async function load(
  object: MeasuredAggregator,
  { first, lives, count, atOnce }: Load,
): Promise<Loaded> {
  const latenciesMs: number[] = [];
  const refused: number[] = [];
  let sent = 0;
  async function send(): Promise<void> {
    while (sent++ < count) {
      const life = first + (turn++ % lives);
      const push = (pushes[life] ??= 0);
      pushes[life] = push + 1;
      const startedMs = performance.now();
      const { status } = await object.take(
        `/metrics/job/bench/instance/worker-${life.toString(36).padStart(12, "0")}`,
        bodies[push]!,
        "PUT",
      );
      latenciesMs.push(performance.now() - startedMs);
      if (status !== 200) refused.push(status);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, send));
  return { latenciesMs, refused };
}
