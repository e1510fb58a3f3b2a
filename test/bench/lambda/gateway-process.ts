import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A stand-in for a Pushgateway and an OTLP receiver. */
interface GatewayProcess {
  readonly url: string;
  /** The body of the last PUT. */
  lastBody(): Promise<string>;
  stop(): void;
}

/** Starts a gateway that answers after a delay, in a process of its own, so that its work is not measured. */
export async function startGateway(folder: string, delayMs: number): Promise<GatewayProcess> {
  const child = fork(join(folder, "gateway.mjs"), [`${delayMs}`]);
  const [port] = (await once(child, "message")) as [number];
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    lastBody: async () => (await fetch(url)).text(),
    stop: () => void child.kill(),
  };
}
