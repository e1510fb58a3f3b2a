/** The result of every function. */
export interface Told {
  /** CPU time of its process since the start, in microseconds. */
  readonly cpuUs: number;
  /** How long the gateway took to answer the function, in milliseconds. */
  readonly gatewayMs?: number;
}

export function tell(): Told {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system };
}
