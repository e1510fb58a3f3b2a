import { guarded } from "../runtime/guarded.js";
import { inTime } from "../runtime/in-time.js";
import type { Life } from "./life.js";

/** Two scrapes a minute apart, and some time for them. Deleting a group sooner would lose increments. */
const SCRAPED_AFTER_MS = 150_000;
const TIMEOUT_MS = 5_000;

/** The newest acknowledged snapshot has been scraped. */
export function isScraped({ sinceAppliedMs }: Life): boolean {
  return sinceAppliedMs() >= SCRAPED_AFTER_MS;
}

/**
 * Deletes the group of a life that was replaced. Nothing waits for it. If it fails, the group stays for a
 * collector, as that of an environment that ends without notice does.
 */
export function deleteOldGroup(life: Life): void {
  const controller = new AbortController();
  const deleted = life.target.send("DELETE", life.path(), undefined, controller);
  void inTime(deleted, TIMEOUT_MS, true).then(
    (failure) => failure && guarded(() => controller.abort()),
  );
}
