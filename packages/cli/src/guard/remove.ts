import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { nameOf } from "../groups/ask.js";
import { deleteGroup } from "../groups/delete-group.js";
import type { Labels } from "../groups/group.js";
import { createPace } from "../groups/pace.js";
import { ServerFault } from "../groups/server-fault.js";
import type { Finding, Removable } from "./finding.js";
import { findFaults } from "./guard.js";
import { scrape } from "./scrape.js";

const MOST_ATTEMPTS = 6;
const DRAIN_MS = 15_000;

/**
 * Deletes the groups at fault, and waits until scrapes work.
 *
 * @param findings as `findFaults` found them; of those that cannot be mended by it, it deletes nothing
 * @param options `timeoutMs`: how long the gateway may be silent; default 30,000
 * @returns the groups that were deleted, and whether scrapes work now. If not, there is more to find
 * @throws ServerFault if the gateway does not answer
 */
export async function removeFaults(
  pushgateway: Pushgateway,
  findings: readonly Finding[],
  { timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {},
): Promise<{ readonly removed: readonly Labels[]; readonly scrapesWork: boolean }> {
  const groups = new Map<string, Removable>();
  for (const { removable } of findings) {
    for (const group of removable) groups.set(group.path, group);
  }
  const pace = createPace();
  const queue = [...groups.values()];
  let attempts = 0;
  while (queue.length > 0) {
    const batch = queue.splice(0, pace.concurrency);
    const begun = performance.now();
    const accepted = await Promise.all(
      batch.map(({ path }) => deleteGroup(pushgateway, path, timeoutMs)),
    );
    const refused = batch.filter((_, index) => !accepted[index]);
    queue.unshift(...refused);
    attempts = refused.length > 0 ? attempts + 1 : 0;
    if (attempts === MOST_ATTEMPTS)
      throw new ServerFault(
        `${nameOf({ kind: "Pushgateway", ...pushgateway })} is overloaded: run it again later`,
      );
    await pace.settle(performance.now() - begun, refused.length > 0);
  }
  return {
    removed: [...groups.values()].map(({ labels }) => labels),
    scrapesWork: await untilWhole(pushgateway, timeoutMs),
  };
}

/**
 * Looks again for what was found before.
 *
 * @returns the findings as they are now, without groups that were not removable before
 * @throws ServerFault if the gateway does not answer
 */
export async function stillRemovable(
  pushgateway: Pushgateway,
  findings: readonly Finding[],
  options: { readonly timeoutMs: number },
): Promise<Finding[]> {
  const before = new Set(findings.flatMap(({ removable }) => removable.map(({ path }) => path)));
  const now = await findFaults(pushgateway, options);
  return now.findings.map((finding) => ({
    ...finding,
    removable: finding.removable.filter(({ path }) => before.has(path)),
  }));
}

/** The gateway deletes in its own time. */
async function untilWhole(pushgateway: Pushgateway, timeoutMs: number): Promise<boolean> {
  const untilMs = performance.now() + DRAIN_MS;
  for (;;) {
    if ((await scrape(pushgateway, timeoutMs)).state === "whole") return true;
    if (performance.now() > untilMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
