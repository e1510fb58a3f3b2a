// A Lambda function for a schedule, such as `rate(5 minutes)`. See README.md.
import { pruneGroups } from "prefreeze/prune";
import { readSettings, summary } from "./settings.js";

/** Fails if a server does not answer, so that the function's errors show it. */
export async function handler(): Promise<void> {
  const { pushgateway, options } = readSettings(process.env);
  const report = await pruneGroups(pushgateway, options);
  console.log(summary(report));
  if (report.stopped !== undefined) throw new Error(report.stopped);
}
