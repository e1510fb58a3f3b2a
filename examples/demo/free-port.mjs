import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Whether this process may listen on a port, and no other process does.
 *
 * @param {number} port
 */
export async function isFree(port) {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
