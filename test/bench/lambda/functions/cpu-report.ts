/** The result of each measured function. */
export interface CpuReport {
  /** CPU time of the function's process since its start, in microseconds. */
  readonly cpuUs: number;
  /** How long the gateway took to answer the function, in milliseconds. */
  readonly gatewayMs?: number;
}

export function reportCpu(): CpuReport {
  return { cpuUs: cpuUs() };
}

/** CPU time of this process since its start, in microseconds. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
