import { startGateway } from "@prefreeze/gateway";
import { find } from "../../test/pushgateway/find.mjs";
import { startRealGateway } from "../../test/pushgateway/real.js";
import { isFree } from "./free-port.mjs";

export interface DemoGateway {
  readonly url: string;
  /** The gateway's name, as the demo prints it. */
  readonly name: string;
  /** Returns the text that a scrape gets. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export interface GatewayChoice {
  /** Default: the usual port if the gateway stays open and the port is free, otherwise any free port. */
  readonly port: number | undefined;
  /** Whether the gateway stays open at the end. */
  readonly keep: boolean;
  /** Whether to use the embedded gateway even if this machine has a Pushgateway. */
  readonly embedded: boolean;
}

const USUAL_PORT = 9091;

/** Starts the real Pushgateway if this machine has one, otherwise the embedded gateway. */
export async function openGateway({ port, keep, embedded }: GatewayChoice): Promise<DemoGateway> {
  const chosen = port ?? (keep && (await isFree(USUAL_PORT)) ? USUAL_PORT : 0);
  const program = embedded ? undefined : find("pushgateway");
  if (program === undefined) {
    const gateway = await startGateway({ port: chosen });
    return {
      ...gateway,
      name: `the embedded gateway${embedded ? "" : " (there is no Pushgateway on the PATH)"}`,
    };
  }
  const addressFlag = chosen === 0 ? [] : [`--web.listen-address=127.0.0.1:${chosen}`];
  // Otherwise Debian's build would load the data of its service, and save the demo's numbers there.
  const gateway = await startRealGateway({ flags: ["--persistence.file=", ...addressFlag] });
  const url = chosen === 0 ? gateway.url : `http://127.0.0.1:${chosen}`;
  return {
    url,
    name: `the real Pushgateway, ${program}`,
    metrics: gateway.metrics,
    stop: gateway.stop,
  };
}
