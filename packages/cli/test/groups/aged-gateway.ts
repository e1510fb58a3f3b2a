import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type RealGateway, startRealGateway } from "../../../../test/pushgateway/real.js";

/**
 * A real gateway whose groups were pushed long ago: it is started again from its persistence file, in which the times of
 * the pushes are moved. Nothing else makes a gateway that old within a test.
 *
 * @param push pushes what is to be old
 * @param byJob how many seconds ago the groups of each job were pushed; below zero for the future. Default: an hour
 */
export async function agedGateway(
  program: string,
  push: (url: string) => Promise<void>,
  byJob: Readonly<Record<string, number>> = {},
  flags: readonly string[] = [],
): Promise<RealGateway> {
  const folder = await mkdtemp(join(tmpdir(), "aged-gateway-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const persistenceFile = join(folder, "state");
  const young = await startRealGateway({ program, persistenceFile, flags });
  let moved: ReadonlyMap<number, number>;
  try {
    await push(young.url);
    moved = await movedTimes(young.url, byJob);
  } finally {
    await young.stop();
  }
  const state = await readFile(persistenceFile);
  replaceNumbers(state, moved);
  await writeFile(persistenceFile, state);
  const old = await startRealGateway({ program, persistenceFile, flags });
  onTestFinished(() => old.stop());
  return old;
}

const HOUR_SECONDS = 3_600;

/** Each push time of the gateway, and what it is to become. */
async function movedTimes(
  url: string,
  byJob: Readonly<Record<string, number>>,
): Promise<Map<number, number>> {
  const { data } = (await (await fetch(`${url}/api/v1/metrics`)).json()) as {
    readonly data: readonly (Readonly<Record<string, { metrics: [{ value: string }] }>> & {
      readonly labels: { readonly job: string };
    })[];
  };
  const moved = new Map<number, number>();
  for (const group of data) {
    for (const name of ["push_time_seconds", "push_failure_time_seconds"]) {
      const at = Number(group[name]!.metrics[0].value);
      if (at > 0) moved.set(at, at - (byJob[group.labels.job] ?? HOUR_SECONDS));
    }
  }
  return moved;
}

/** The file holds numbers as eight bytes, the lowest first. */
function replaceNumbers(state: Buffer, moved: ReadonlyMap<number, number>): void {
  const [some = 0] = moved.keys();
  const top = Buffer.alloc(8);
  top.writeDoubleLE(some);
  let replaced = 0;
  for (let at = 0; at + 8 <= state.length; at++) {
    // The first bytes are the same for all times of a test.
    if (state[at + 7] !== top[7] || state[at + 6] !== top[6]) continue;
    const to = moved.get(state.readDoubleLE(at));
    if (to === undefined) continue;
    state.writeDoubleLE(to, at);
    replaced++;
  }
  if (replaced < moved.size) throw new Error(`${replaced} of ${moved.size} times are in the file`);
}
