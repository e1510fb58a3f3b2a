import { builtIn, initSeries, touchTotal } from "@prefreeze/core/adapter";
import { ownGauge } from "./own-gauge.js";

/** Tells when the process started. */
export function measureStart(): () => void {
  const start = ownGauge(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds.",
    // By this, a process that has just started is noticed among others.
    "max",
  );
  let atSeconds: number | undefined;
  return () => start((atSeconds ??= Math.round(Date.now() / 1_000 - process.uptime())));
}

/** Tells the version of Node.js. */
export function measureVersion(): () => void {
  const labelNames = ["version", "major", "minor", "patch"];
  const help = "Node.js version info.";
  const info = builtIn("gauge", "nodejs_version_info", help, labelNames, undefined, "max");
  const { version } = process;
  const [major = "", minor = "", patch = ""] = version.slice(1).split(".");
  return () => {
    touchTotal(initSeries(info, { version, major, minor, patch })).value = 1;
  };
}
