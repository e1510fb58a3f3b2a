import { Agent, request } from "node:http";

/** PUTs the same bytes each time, as one would by hand: over bare `node:http` with keep-alive. */
export function barePut(
  url: string,
  body: string | Uint8Array,
): { put(): Promise<void>; close(): void } {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);
  const headers = { "content-type": "text/plain", "content-length": Buffer.byteLength(body) };
  return {
    put: () =>
      new Promise<void>((resolve, reject) => {
        const outgoing = request({
          hostname,
          port,
          path: "/metrics/job/bench",
          method: "PUT",
          agent,
          headers,
        });
        outgoing.on("error", reject);
        outgoing.on("response", (response) => response.resume().on("end", resolve));
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}
