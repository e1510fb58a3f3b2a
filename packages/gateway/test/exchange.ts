import { Agent, request } from "node:http";

/** A request exactly as it is sent: nothing cleans the path or adds a header. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A PUT, which replaces a group. */
export function put(
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Exchange {
  return { method: "PUT", path, body, headers };
}

const agent = new Agent({ keepAlive: true });

/** Sends a request. Rejects if no answer comes within `timeoutMs`. */
export async function exchange(
  url: string,
  { method, path, body = "", headers = {} }: Exchange,
  timeoutMs = 10_000,
): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const bytes = Buffer.from(body as string);
  return await new Promise((resolve, reject) => {
    const length = bytes.length === 0 ? {} : { "content-length": bytes.length };
    const outgoing = request(
      {
        agent,
        hostname,
        port,
        method,
        path,
        headers: { ...length, ...headers },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(bytes);
  });
}
