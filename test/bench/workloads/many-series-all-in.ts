import { httpTransport } from "@prefreeze/node";
import type { Workload } from "../workload.js";
import { manySeriesWithJournal } from "./many-series-with-journal.js";

/** The same with the compression of large snapshots, and pushes over the keep-alive transport. */
export const createWorkload = (series: number, url: string): Promise<Workload> =>
  manySeriesWithJournal(series, { url, transport: httpTransport });
