import { reasonOf } from "../runtime/reason.js";
import type { Bytes } from "../runtime/bytes.js";
import { untraced } from "../runtime/untraced.js";
import { conflictsIn } from "./conflict.js";
import { base64 } from "./grouping-key.js";
import { nothingSent, pushError } from "./push-error.js";
import { isWebPage, refusal } from "./refusal.js";
import { secretsIn, withoutSecrets } from "./secrets.js";
import type { Transport, TransportRequest, TransportResponse } from "./transport.js";

/** Headers of every push, or a function that fetches them: before the first push, and again after a 401 or 403. */
export type HeadersSource =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | PromiseLike<Readonly<Record<string, string>>>);

/** A credential, or what reads it: a binding of Cloudflare's Secrets Store. */
export type Secret = string | { get(): PromiseLike<string> };

/** The address of a gateway, with its userinfo and its query kept apart. */
export interface Gateway {
  /** A path in it is a prefix of the gateway's own paths. */
  readonly url: string;
  /** With its `?`. It goes with every request, and into no message, since it may hold a token. */
  readonly query?: string | undefined;
  /** Basic auth. */
  readonly username?: Secret | undefined;
  /** The password of basic auth. */
  readonly password?: Secret | undefined;
}

/** How to reach a Pushgateway. */
export interface PushgatewayOptions extends Gateway {
  /** Bearer auth. Overrides basic auth. */
  readonly bearerToken?: Secret | undefined;
  readonly headers?: HeadersSource | undefined;
  /** Longer bodies are compressed, if the transport or the platform can. Default 65,536. */
  readonly gzipAboveBytes?: number | undefined;
  /** Of snapshots. Default: that of the text format. */
  readonly contentType?: string | undefined;
  readonly transport: Transport;
}

/** The receiver of snapshots. */
export interface Target {
  /**
   * Replaces a group (PUT), replaces its families of the same names (POST), or deletes it (DELETE).
   *
   * @param path of the group, as `groupingKeyPath` writes it
   * @param timeoutMs time left for the request, in milliseconds; default 30,000
   * @throws Error with `nothingSent` if no request was made
   * @throws PushError if the answer is not a Pushgateway's 2xx; an error with `nothingSent` if no request was
   *   made; the transport's own error if there is no answer
   */
  send(
    method: "PUT" | "POST" | "DELETE",
    path: string,
    body: string | Bytes | undefined,
    controller: AbortController,
    timeoutMs?: number,
  ): Promise<void>;
  /**
   * Reads what the gateway tells, such as the groups that it holds: `/api/v1/metrics`.
   *
   * @param path below the gateway's address
   * @param timeoutMs time left for the request, in milliseconds
   * @returns the answer, whatever its status, with the start of its body
   * @throws Error if no request was made, or if there is no answer
   */
  read(path: string, controller: AbortController, timeoutMs: number): Promise<TransportResponse>;
}

/** The list of about a thousand groups. */
const READ_CHARACTERS = 4_000_000;

/** Speaks the Pushgateway's HTTP API. Source: https://github.com/prometheus/pushgateway#api */
export function pushgateway(options: PushgatewayOptions): Target {
  const { url, query = "", transport, gzipAboveBytes = 65_536 } = options;
  const address = url.replace(/\/+$/, "");
  let prepared: Prepared | undefined;

  /** @returns the answer, and the texts that no message may repeat */
  async function ask(
    method: TransportRequest["method"],
    url: string,
    body: string | Bytes | undefined,
    controller: AbortController,
    timeoutMs: number,
    answerCharacters?: number,
  ): Promise<TransportResponse & Prepared> {
    let sent: Prepared;
    let answered: Promise<TransportResponse>;
    try {
      const gzip = body && isLonger(body, gzipAboveBytes) ? gzipOf(transport) : undefined;
      const waits = gzip !== undefined || (!prepared && !isAtHand(options));
      sent = prepared ??= isAtHand(options)
        ? prepare(options, options)
        : await unlessAborted(fetchAndPrepare(options), controller.signal);
      const bytes = gzip ? await gzip(body!) : body;
      // A push that was given up meanwhile is not sent: a newer snapshot may have arrived already.
      if (waits) controller.signal.throwIfAborted();
      const { headers } = sent;
      const all = gzip ? { ...headers, "content-encoding": "gzip" } : headers;
      const request = {
        url,
        method,
        headers: all,
        body: bytes,
        answerCharacters,
        controller,
        timeoutMs,
      };
      answered = untraced(() => transport(withSignal(request)));
    } catch (error) {
      throw nothingSent(prepared ? withoutSecrets(error, prepared.secrets()) : error);
    }
    try {
      // A transport of the user's may leave the body out.
      const { status, body: answer, location } = await answered;
      return { status, body: answer || "", location, ...sent };
    } catch (error) {
      throw withoutSecrets(error, sent.secrets());
    }
  }

  return {
    async send(method, path, body, controller, timeoutMs = 30_000) {
      const url = address + path + query;
      const answer = await ask(method, url, body, controller, timeoutMs);
      const { status, secrets } = answer;
      if (status >= 200 && status < 300 && !isWebPage(answer.body)) return;
      // The secret may have been rotated, so it is fetched again.
      if (status === 401 || status === 403) prepared = undefined;
      const reason = refusal(answer, url, path, secrets());
      throw pushError(status, reason, conflictsIn(answer.body));
    },
    read: (path, controller, timeoutMs) =>
      ask("GET", address + path + query, undefined, controller, timeoutMs, READ_CHARACTERS),
  };
}

/** Without it, a push whose `headers` never come would stay in doubt. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    work.then(resolve, reject);
  });
}

/** Whether a body has more than `bytes` bytes. Encoding every body to count them would cost a tenth of a push. */
function isLonger(body: string | Bytes, bytes: number): boolean {
  const { length } = body;
  // A text has at least as many bytes in UTF-8 as it has characters, and at most three times as many.
  if (length > bytes || typeof body !== "string" || length * 3 <= bytes) return length > bytes;
  if (!(counted && counted.length >= bytes)) counted = new Uint8Array(bytes);
  return new TextEncoder().encodeInto(body, counted.subarray(0, bytes)).read < length;
}

/** Where bytes are counted. Its content means nothing. */
let counted: Bytes | undefined;

/**
 * A function of its own, and a getter that reads nothing around it: the getter gives each request a hidden
 * class, and that would keep what it can read, the snapshot, until a full garbage collection.
 */
function withSignal(request: Omit<TransportRequest, "signal">): TransportRequest {
  return {
    ...request,
    get signal() {
      return this.controller.signal;
    },
  };
}

/** What every request of one target has in common. */
interface Prepared {
  readonly headers: Readonly<Record<string, string>>;
  /** Looked for only when a push has failed. */
  readonly secrets: () => readonly string[];
}

type Pairs = Iterable<readonly [string, unknown]>;

/** What authorizes the requests of a target. */
interface Authorization {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly bearerToken?: string | undefined;
  /** With the other headers of the user's. JavaScript may give anything. */
  readonly headers?: unknown;
}

/** Whether nothing has to be fetched, so that the first push waits for nothing either. */
function isAtHand(options: PushgatewayOptions): options is PushgatewayOptions & Authorization {
  const { username, password, bearerToken, headers } = options;
  const isFetched = (credential: unknown) => typeof credential === "object";
  return typeof headers !== "function" && ![username, password, bearerToken].some(isFetched);
}

async function fetchAndPrepare(options: PushgatewayOptions): Promise<Prepared> {
  const { headers } = options;
  return prepare(options, {
    username: await textOf("user name", options.username),
    password: await textOf("password", options.password),
    bearerToken: await textOf("bearer token", options.bearerToken),
    headers: typeof headers === "function" ? await headers() : headers,
  });
}

function prepare(options: PushgatewayOptions, authorization: Authorization): Prepared {
  const { username, password, bearerToken, headers: more } = authorization;
  const all: Record<string, unknown> = {
    "content-type": options.contentType ?? "text/plain; version=0.0.4",
  };
  if (username || password)
    // `join` writes nothing for an undefined part.
    all["authorization"] = `Basic ${base64([username, password].join(":"))}`;
  if (bearerToken) all["authorization"] = `Bearer ${bearerToken}`;
  // `Headers` and maps have no entries of their own.
  const entries = Symbol.iterator in Object(more) ? (more as Pairs) : Object.entries(more ?? {});
  for (const [name, value] of entries) all[name.toLowerCase()] = value;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) {
    if (typeof value !== "string" && typeof value !== "number")
      throw new TypeError(`header ${name} is not text`);
    headers[name] = String(value);
    // HTTP clients would print the value, which may be a credential.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t -~\x80-\xff]*$/.test(headers[name]))
      throw new TypeError(`header ${name} has characters that HTTP forbids`);
  }
  return { headers, secrets: () => secretsIn(headers, options.query) };
}

async function textOf(what: string, credential: Secret | undefined): Promise<string | undefined> {
  if (typeof credential !== "object") return credential;
  let text: unknown;
  try {
    text = await credential.get();
  } catch (error) {
    throw new Error(`the ${what} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  if (typeof text !== "string") throw new TypeError(`the ${what} that was read is not text`);
  return text;
}

/** What compresses long bodies. @returns undefined if neither the transport nor the platform does */
function gzipOf({ gzip }: Transport): Transport["gzip"] {
  if (gzip) return gzip;
  // Only now: on Node.js, reading it loads all web streams. Not by its name alone, of which Next.js would warn
  // when it builds for the edge runtime, which lacks it.
  const { CompressionStream } = globalThis as Partial<typeof globalThis>;
  return CompressionStream && ((body) => compressed(body, CompressionStream));
}

async function compressed(
  body: string | Bytes,
  Compression: typeof CompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  // A response that does not wait for the push goes first.
  await new Promise((resolve) => void setTimeout(resolve));
  const stream = new Response(body).body!.pipeThrough(new Compression("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
