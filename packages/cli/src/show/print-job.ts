import { ago } from "../groups/print-time.js";
import { printable } from "../output/printable.js";
import type { Labels } from "../groups/group.js";
import { printTable } from "../output/print.js";
import { report } from "../output/report.js";
import type { ShownJob } from "./show.js";
import type { SeriesTotals } from "./totals.js";

/** As many lives as a screen has room for. */
const MOST_LIVES = 20;
const MOST_SERIES = 500;

/** Prints the lives and the values of a job, as two tables. */
export function printJob(url: string, { lives, metrics }: ShownJob, namesGateway: boolean): void {
  if (namesGateway) report(url);
  printTable(
    ["INSTANCE", "LABELS", "WHOSE", "FUNCTION", "PUSHED", "REFUSED", "PUSHES", "SERIES"],
    lives.slice(0, MOST_LIVES).map((life) => {
      const { job: _, instance = "", ...others } = life.labels;
      return [
        printable(instance),
        labelsOf(others),
        life.whose,
        printable(life.function ?? ""),
        ago(life.pushedSecondsAgo),
        life.refusedSecondsAgo === undefined ? "" : ago(life.refusedSecondsAgo),
        life.sequence ?? "",
        life.series,
      ];
    }),
  );
  if (lives.length > MOST_LIVES)
    report(`… and ${lives.length - MOST_LIVES} older ones, which --json lists`);
  const rows = metrics.flatMap(({ name, type, series }) =>
    series.map((one) => {
      const { job: _, ...labels } = one.labels;
      return [name, labelsOf(labels), type, valueOf(one), lives.length > 1 ? one.lives : ""];
    }),
  );
  if (rows.length > 0) {
    report("");
    printTable(["METRIC", "LABELS", "TYPE", "VALUE", "LIVES"], rows.slice(0, MOST_SERIES));
  }
  if (rows.length > MOST_SERIES)
    report(`… and ${rows.length - MOST_SERIES} more series, which --json lists`);
}

function valueOf({ value, count, sum }: SeriesTotals): string {
  if (value !== undefined) return numeral(value);
  if (count === undefined || sum === undefined) return "";
  const mean = count > 0 ? `, mean ${numeral(Number((sum / count).toPrecision(3)))}` : "";
  return `${numeral(count)} observed${mean}`;
}

function numeral(value: number): string {
  return Number.isFinite(value) ? String(value) : String(value).replace("Infinity", "Inf");
}

function labelsOf(labels: Labels): string {
  return printable(
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
    80,
  );
}
