// Which real Pushgateways the tests compare with.
import { foundPrograms } from "./programs.mjs";

/**
 * Lists the Pushgateways on this machine, one per version, as `foundPrograms` does.
 *
 * @returns {Promise<import("./programs.mjs").Program[]>} oldest first
 */
export async function foundGateways() {
  return await foundPrograms("pushgateway");
}
