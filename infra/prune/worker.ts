// A Worker for a cron trigger, such as `*/5 * * * *`. See README.md.
import { pruneGroups } from "prefreeze/prune";
import { type Environment, readSettings, summary } from "./settings.js";

export default {
  /** Fails if a server does not answer, so that the Worker's errors show it. */
  async scheduled(_: unknown, environment: Environment): Promise<void> {
    const { pushgateway, options } = readSettings(environment);
    const report = await pruneGroups(pushgateway, options);
    console.log(summary(report));
    if (report.stopped !== undefined) throw new Error(report.stopped);
  },
};
