import { ownGauge } from "./own-gauge.js";
import { procFile } from "./proc-file.js";

/** Measures the open files of the process. Only Linux tells. */
export function measureOpenFiles(): () => void {
  if (process.platform !== "linux") return () => undefined;
  const fs = process.getBuiltinModule("node:fs");
  const open = ownGauge("process_open_fds", "Number of open file descriptors.", "sum");
  const most = ownGauge("process_max_fds", "Maximum number of open file descriptors.", "sum");
  let limit: number | undefined;
  return () => {
    // Without the one that reads the directory.
    open(fs.readdirSync("/proc/self/fd").length - 1);
    limit ??= limitOf(procFile("limits"));
    most(limit);
  };
}

function limitOf(limits: string): number {
  const [, soft] = /^Max open files\s+(\S+)/m.exec(limits) ?? [];
  return soft === "unlimited" ? Infinity : Number(soft);
}
