/** Returns the labels of the nth series. */
export function labelsOf(n: number): { method: string; route: string; tenant: string } {
  return {
    method: ["GET", "POST", "PUT", "DELETE"][n % 4]!,
    route: `/v1/orders/:id/${n % 50}`,
    tenant: `tenant-${n}`,
  };
}

export const SERIES_LABEL_NAMES = ["method", "route", "tenant"] as const;
