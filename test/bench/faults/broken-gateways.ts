import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The faults of gateways that are measured. */
export const FAULTS = ["hanging", "refused", "answering_500", "unresolved"] as const;
export type Fault = (typeof FAULTS)[number];

/** Ports of 127.0.0.1. */
export interface GatewayPorts {
  /** Accepts connections and reads, but never answers, not even a TLS handshake. */
  readonly hanging: number;
  readonly failing: number;
  readonly failingSecure: number;
  readonly recording: number;
}

/** A push that was recorded. */
export interface Arrival {
  /** The time of its arrival by the gateway's clock. */
  readonly atMs: number;
  readonly path: string;
  readonly body: string;
}

/** Gateways, and stand-ins for Sentry's and Datadog's servers. */
export interface BrokenGateways {
  /** The variables that make a function push to the broken gateway, whichever wrapper it has. */
  envOf(fault: Fault): Record<string, string>;
  readonly recordingUrl: string;
  arrivals(): Promise<readonly Arrival[]>;
  stop(): void;
}

/** The port of the discard service: nothing listens there, and the system never assigns it. */
const REFUSING_PORT = 9;

/** Starts the gateways in a process of their own, so that their work is not measured. */
export async function startBrokenGateways(folder: string): Promise<BrokenGateways> {
  const child = fork(join(folder, "gateways.mjs"), [folder]);
  const ended = once(child, "exit").then(() => {
    throw new Error("the broken gateways did not start; their error is printed above");
  });
  const [ports] = (await Promise.race([once(child, "message"), ended])) as [GatewayPorts];
  ended.catch(() => undefined);
  const recordingUrl = `http://127.0.0.1:${ports.recording}`;
  const at = (host: string, secureHost = host) => ({
    PUSHGATEWAY_URL: `http://${host}`,
    SENTRY_DSN: `http://key@${host}/1`,
    DD_API_KEY: "key",
    // It becomes https://api.<site>, in which everything before an @ is a user name.
    DD_SITE: /^\d/.test(secureHost) ? `site@${secureHost}` : secureHost,
    NODE_EXTRA_CA_CERTS: join(folder, "gateway.pem"),
  });
  const local = (port: number) => `127.0.0.1:${port}`;
  const env = {
    hanging: at(local(ports.hanging)),
    refused: at(local(REFUSING_PORT)),
    answering_500: at(local(ports.failing), local(ports.failingSecure)),
    // A name that never exists: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
    unresolved: at("gateway.invalid"),
  };
  return {
    envOf: (fault) => env[fault],
    recordingUrl,
    arrivals: async () => (await (await fetch(recordingUrl)).json()) as Arrival[],
    stop: () => void child.kill(),
  };
}
