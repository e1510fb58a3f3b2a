import { ServerFault } from "./server-fault.js";

/** A Pushgateway or a Prometheus. */
export interface Server {
  readonly kind: "Pushgateway" | "Prometheus";
  /** Without credentials, and without a slash at the end. */
  readonly url: string;
  /** With its `?`. Paths have none of their own. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Request {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Fields of a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** How long the server may be silent, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a server has answered. Its body is read as it comes. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** When it answered, by the server's clock, in milliseconds since 1970; undefined if it does not tell. */
  readonly dateMs: number | undefined;
  /** Reads the body once, in pieces. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** Reads the body once, or as much of it as this many bytes. */
  text(mostBytes: number): Promise<string>;
  /** Leaves the body unread. */
  discard(): Promise<void>;
}

/**
 * Sends a request, with the server's credentials. Redirects are not followed, so credentials go nowhere else.
 *
 * @throws ServerFault if there is no answer in time. A body that is silent for longer, or cut, throws the same while it
 *   is read.
 */
export async function ask(
  server: Server,
  path: string,
  { method = "GET", form, timeoutMs }: Request,
): Promise<Answer> {
  const controller = new AbortController();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const listen = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => controller.abort(), timeoutMs);
  };
  const fault = (error: unknown, started: boolean): ServerFault => {
    clearTimeout(silence);
    return toFault(server, error, { started, timeoutMs, timedOut: controller.signal.aborted });
  };
  listen();
  let response: Response;
  try {
    response = await fetch(server.url + path + (server.query ?? ""), {
      method,
      headers: server.headers,
      redirect: "manual",
      signal: controller.signal,
      ...(form && { body: new URLSearchParams(form) }),
    });
  } catch (error) {
    throw fault(error, false);
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    try {
      for (;;) {
        listen();
        const read = await reader?.read();
        clearTimeout(silence);
        if (read === undefined || read.done) return;
        yield read.value;
      }
    } catch (error) {
      throw error instanceof ServerFault ? error : fault(error, true);
    } finally {
      clearTimeout(silence);
      await reader?.cancel().catch(() => undefined);
    }
  }
  clearTimeout(silence);
  const date = Date.parse(response.headers.get("date") ?? "");
  return {
    status: response.status,
    contentType: response.headers.get("content-type") ?? "",
    dateMs: Number.isNaN(date) ? undefined : date,
    chunks,
    async text(mostBytes) {
      const decoder = new TextDecoder();
      let text = "";
      let bytes = 0;
      for await (const chunk of chunks()) {
        text += decoder.decode(chunk, { stream: true });
        bytes += chunk.length;
        if (bytes >= mostBytes) break;
      }
      return text + decoder.decode();
    },
    async discard() {
      await response.body?.cancel().catch(() => undefined);
    },
  };
}

/** The server in words. */
export function nameOf({ kind, url }: Pick<Server, "kind" | "url">): string {
  return `the ${kind} at ${url}`;
}

/** Why an answer other than 2xx is no use. */
export function statusFault(server: Server, status: number, path: string): ServerFault {
  const name = nameOf(server);
  if (status === 401 || status === 403) {
    const variables = server.kind.toUpperCase();
    return new ServerFault(
      `${name} asks for other credentials (${status}): set ${variables}_USERNAME and ${variables}_PASSWORD, or ${variables}_BEARER_TOKEN`,
    );
  }
  if (status === 404 || status === 405)
    return new ServerFault(
      `what answers at ${server.url} has no ${path} (${status}): give the address of a ${server.kind}`,
    );
  if (status === 0 || (status >= 300 && status < 400))
    return new ServerFault(`${name} redirects ${path} to another address: give that one`);
  return new ServerFault(`${name} answers ${status} to ${path}: look at its log, and try again`);
}

function toFault(
  server: Server,
  error: unknown,
  {
    started,
    timeoutMs,
    timedOut,
  }: { readonly started: boolean; readonly timeoutMs: number; readonly timedOut: boolean },
): ServerFault {
  const name = nameOf(server);
  if (timedOut)
    return new ServerFault(
      `${name} is silent for ${timeoutMs / 1_000} s: see whether it is overloaded, or allow it more with --timeout`,
    );
  const reason = reasonOf(error);
  if (started) return new ServerFault(`the answer of ${name} was cut off (${reason}): try again`);
  if (/CERT|SELF_SIGNED|ISSUER/.test(reason))
    return new ServerFault(
      `the certificate of ${name} is not trusted (${reason}): name its authority in NODE_EXTRA_CA_CERTS`,
    );
  return new ServerFault(`${name} does not answer (${reason}): start it, or give its address`);
}

/** Node.js hides the reason of a failed request in its cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { readonly cause?: unknown; readonly message?: string };
  const { code, message: inner } = (cause ?? {}) as {
    readonly code?: string;
    readonly message?: string;
  };
  return code ?? (inner || message || "no reason given");
}
