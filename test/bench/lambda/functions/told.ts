/** What every function answers with. */
export interface Told {
  /** CPU of its process since that started, in microseconds. */
  readonly cpuUs: number;
  /** How long the gateway took, as the function saw it. */
  readonly gatewayMs?: number;
}

export function tell(): Told {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system };
}
