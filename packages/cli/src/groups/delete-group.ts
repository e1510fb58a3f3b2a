import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { ask, type Server, statusFault } from "./ask.js";

/**
 * Asks a Pushgateway to delete a group. It does so soon afterwards, and says nothing if there is no such group.
 *
 * @param path as `groupPath` writes it
 * @returns whether it has accepted that; false if it is overloaded, so that a later attempt makes sense
 * @throws ServerFault if it does not answer, or refuses
 */
export async function deleteGroup(
  pushgateway: Pushgateway,
  path: string,
  timeoutMs: number,
): Promise<boolean> {
  const server: Server = { kind: "Pushgateway", ...pushgateway };
  const answer = await ask(server, path, { method: "DELETE", timeoutMs });
  await answer.discard();
  if (answer.status === 202 || answer.status === 200) return true;
  if (answer.status === 429 || answer.status >= 500) return false;
  throw statusFault(server, answer.status, "DELETE");
}
