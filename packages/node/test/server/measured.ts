import { type IncomingMessage, request, type RequestOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { pushEvery } from "@prefreeze/node";
import { beforeAll, expect, onTestFinished } from "vitest";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";

/** The frameworks, installed by themselves. */
export const FRAMEWORKS = fileURLToPath(new URL("../frameworks", import.meta.url));
export const framework = createRequire(new URL("../frameworks/package.json", import.meta.url));

const DURATION = "http_server_request_duration_seconds";

/** A server, or what has one. */
interface Closable {
  address(): AddressInfo | string | null;
  close(): unknown;
  closeAllConnections?(): void;
}

/** This process pushes to the real gateway, which tells what it has measured. */
export function useMeasuredProcess() {
  const gateway = useGateway(false);
  let push: () => Promise<void>;
  beforeAll(() => {
    Object.assign(process.env, { PREFREEZE_ACTIVE: "1", PUSHGATEWAY_URL: gateway.url });
    push = pushEvery({ intervalMs: 300_000, job: "servers" });
  });
  const counted = (name: string, labels: Record<string, string>) =>
    expect.poll(
      async () => {
        await push();
        return gateway.shown(name, labels);
      },
      { timeout: 10_000 },
    );
  return {
    /** How many requests with this status and route have ended: `await expectRequests("GET", "200", "/a").toBe(1)`. */
    expectRequests: (method: string, status: string, route: string) =>
      counted(`${DURATION}_count`, {
        http_request_method: method,
        http_response_status_code: status,
        http_route: route,
      }),
    expectSeconds: (route: string) => counted(`${DURATION}_sum`, { http_route: route }),
    expectActive: () => counted("http_server_active_requests", {}),
    /** The samples of all requests. */
    async samples(): Promise<readonly string[]> {
      await push();
      const lines = (await gateway.metrics()).split("\n");
      return lines.filter((line) => line.startsWith(`${DURATION}_count`));
    },
  };
}

/** The port of a server that listens until the test ends. */
export async function listening(server: Closable & NodeJS.EventEmitter): Promise<number> {
  if (server.address() === null)
    await new Promise<void>((resolve) => void server.once("listening", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return (server.address() as AddressInfo).port;
}

/** Asks a server. @returns the status of its answer, once that has ended */
export async function ask(
  port: number,
  path: string,
  options: RequestOptions = {},
): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: "127.0.0.1", path, agent: false, ...options }, resolve)
      .on("error", reject)
      .end();
  });
  for await (const _ of response);
  return response.statusCode!;
}
