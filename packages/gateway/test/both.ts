import { startRealGateway, type RealGateway } from "../../../test/pushgateway/real.js";
import { startGateway, type Gateway } from "../src/index.js";
import { exchange, type Exchange } from "./exchange.js";

/** Sends requests one after another. A status of "no answer" means that the connection was closed. */
export type Send = (...requests: Exchange[]) => Promise<(number | "no answer")[]>;

/**
 * Does the same with a real and an embedded gateway, both new and empty: the real one may not survive it.
 *
 * @param program the real gateway
 */
export async function both<T>(
  program: string,
  use: (gateway: RealGateway | Gateway, send: Send) => Promise<T>,
): Promise<{ theirs: T; ours: T }> {
  await using real = await startRealGateway({ program, flags: ["--log.level=error"] });
  await using embedded = await startGateway();
  const run = async (gateway: RealGateway | Gateway): Promise<T> =>
    await use(gateway, async (...requests) => {
      const statuses: (number | "no answer")[] = [];
      for (const request of requests) {
        const { status } = await exchange(gateway.url, request).catch(() => ({
          status: "no answer" as const,
        }));
        statuses.push(status);
      }
      return statuses;
    });
  return { theirs: await run(real), ours: await run(embedded) };
}
