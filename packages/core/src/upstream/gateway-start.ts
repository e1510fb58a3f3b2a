import type { Target } from "../target/pushgateway.js";

/**
 * A gateway that was silent may still apply pushes that were given up. It does so within this time, and then a newer
 * push is not overtaken by an older one.
 */
export const SETTLE_MS = 500;

/**
 * Asks a Pushgateway whether it is there.
 *
 * @param timeoutMs time left for the request, in milliseconds
 * @returns when its process started, as it writes it; empty if it does not tell
 * @throws Error if it is not there
 */
export async function gatewayStart(
  target: Target,
  controller: AbortController,
  timeoutMs: number,
): Promise<string> {
  const { status, body } = await target.read("/api/v1/status", controller, timeoutMs);
  // So answers a proxy whose gateway is gone.
  if (status >= 500) throw new Error(`HTTP ${status}`);
  return /"start_time":"([^"]+)"/.exec(body)?.[1] ?? "";
}
