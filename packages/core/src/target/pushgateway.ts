import { untraced } from "../runtime/untraced.js";
import { base64 } from "./grouping-key.js";
import { nothingSent, pushError } from "./push-error.js";
import type { Transport, TransportResponse } from "./transport.js";

/** Headers of every push, or a function that fetches them: before the first push, and again after a 401 or 403. */
export type HeadersSource =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | PromiseLike<Readonly<Record<string, string>>>);

/** The address of a gateway, with its userinfo kept apart. */
export interface Gateway {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** How to reach a Pushgateway. */
export interface PushgatewayOptions {
  /** The address without userinfo. A path in it is a prefix of the gateway's own paths. */
  readonly url: string;
  /** Basic auth. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Bearer auth. Overrides basic auth. */
  readonly bearerToken?: string | undefined;
  readonly headers?: HeadersSource | undefined;
  /** Longer bodies are compressed, if the platform has `CompressionStream`. Default 16,384 characters. */
  readonly gzipAboveBytes?: number | undefined;
  readonly transport: Transport;
}

/** The receiver of snapshots. */
export interface Target {
  /**
   * Replaces a group (PUT), replaces its families of the same names (POST), or deletes it (DELETE).
   *
   * @param path of the group, as `groupingKeyPath` writes it
   * @param timeoutMs time left for the request, in milliseconds; default 30,000
   * @throws PushError if the answer is not 2xx; an error that says `nothingSent` if the request was never
   *   made; the transport's own error if there is no answer
   */
  send(
    method: "PUT" | "POST" | "DELETE",
    path: string,
    body: string | undefined,
    controller: AbortController,
    timeoutMs?: number,
  ): Promise<void>;
}

/** Speaks the Pushgateway's HTTP API. Source: https://github.com/prometheus/pushgateway#api */
export function pushgateway(options: PushgatewayOptions): Target {
  const { url, transport, gzipAboveBytes = 16_384 } = options;
  const address = url.replace(/\/+$/, "");
  let headers: Readonly<Record<string, string>> | undefined;

  return {
    async send(method, path, body, controller, timeoutMs = 30_000) {
      let sent: Readonly<Record<string, string>>;
      let answered: Promise<TransportResponse>;
      try {
        const long =
          body && body.length > gzipAboveBytes && typeof CompressionStream === "function";
        const waits = long || !headers;
        sent = headers ??= await unlessAborted(headersOf(options), controller.signal);
        const bytes = long ? await gzip(body) : body;
        // A push that was given up meanwhile is not sent: a newer snapshot may have arrived already.
        if (waits) controller.signal.throwIfAborted();
        answered = untraced(() =>
          transport({
            url: address + path,
            method,
            headers: long ? { ...sent, "content-encoding": "gzip" } : sent,
            body: bytes,
            controller,
            timeoutMs,
            get signal() {
              return controller.signal;
            },
          }),
        );
      } catch (error) {
        throw nothingSent(error);
      }
      const { status, body: answer } = await answered;
      if (status >= 200 && status < 300) return;
      // The secret may have been rotated, so it is fetched again.
      if (status === 401 || status === 403) headers = undefined;
      throw pushError(status, redacted(answer, sent));
    },
  };
}

/** Some servers repeat the request's headers in their answer. */
function redacted(answer: string, headers: Readonly<Record<string, string>>): string {
  const secrets = Object.values(headers).join(" ").split(" ");
  return secrets.reduce((text, it) => (it.length > 5 ? text.replaceAll(it, "***") : text), answer);
}

/** Without it, a push whose `headers` never come would stay in doubt. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    work.then(resolve, reject);
  });
}

async function headersOf(options: PushgatewayOptions): Promise<Readonly<Record<string, string>>> {
  const { username, password, bearerToken, headers } = options;
  const all: Record<string, string> = {
    "content-type": "text/plain; version=0.0.4",
  };
  if (username || password)
    // `join` writes nothing for an undefined part.
    all["authorization"] = `Basic ${base64([username, password].join(":"))}`;
  if (bearerToken) all["authorization"] = `Bearer ${bearerToken}`;
  const more = typeof headers === "function" ? await headers() : headers;
  for (const name in more) all[name.toLowerCase()] = more[name]!;
  for (const name in all) {
    // HTTP clients would print the value, which may be a credential.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t -~\x80-\xff]*$/.test(all[name]!))
      throw new TypeError(`header ${name} has characters that HTTP forbids`);
  }
  return all;
}

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Response(text).body!.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
