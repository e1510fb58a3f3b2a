import { once } from "node:events";
import { createServer } from "node:net";
import { startGateway } from "@prefreeze/gateway";
import { find } from "../../test/pushgateway/find.mjs";
import { startRealGateway } from "../../test/pushgateway/real.js";

export interface DemoGateway {
  readonly url: string;
  /** Which one it is, for people. */
  readonly name: string;
  /** What a scrape gets. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

const USUAL_PORT = 9091;

/**
 * Starts the real Pushgateway where this machine has one, else the embedded one.
 *
 * @param port default: the usual one if the gateway is to stay open and nobody has it, else a free one
 * @throws Error where `port` is taken
 */
export async function openGateway(port: number | undefined, keep: boolean): Promise<DemoGateway> {
  if (port !== undefined && !(await isFree(port))) {
    throw new Error(
      `Port ${port} of 127.0.0.1 cannot be used: end what listens there, or choose another with --port.`,
    );
  }
  const chosen = port ?? (keep && (await isFree(USUAL_PORT)) ? USUAL_PORT : 0);
  const program = find("pushgateway");
  if (program === undefined) {
    const gateway = await startGateway({ port: chosen });
    return { ...gateway, name: "the embedded gateway (there is no Pushgateway on the PATH)" };
  }
  const listening = chosen === 0 ? [] : [`--web.listen-address=127.0.0.1:${chosen}`];
  // Debian's build would take up what its service has saved, and save the demo's numbers there.
  const gateway = await startRealGateway({ flags: ["--persistence.file=", ...listening] });
  const url = chosen === 0 ? gateway.url : `http://127.0.0.1:${chosen}`;
  return { url, name: `the real Pushgateway, ${program}`, metrics: gateway.metrics, stop: gateway.stop };
}

async function isFree(port: number): Promise<boolean> {
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
