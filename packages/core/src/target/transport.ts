/** `Uint8Array<ArrayBuffer>`, spelled so that compilers older than TypeScript 5.7 read it, too. */
type Bytes = ReturnType<typeof Uint8Array.of>;

/** One request to a target. */
export interface TransportRequest {
  readonly method: "PUT" | "POST" | "DELETE";
  readonly url: string;
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Bytes | undefined;
  /** When the attempt is given up at the latest; a connection that stays silent can be, sooner. */
  readonly timeoutMs: number;
  /** Ends the attempt; the transport then rejects. Made when first read, for as much as a tenth of a push. */
  readonly signal: AbortSignal;
  /** What aborts the signal. A transport may put an `abort` of its own in its place, which costs next to nothing. */
  readonly controller: AbortController;
}

/** Its answer; a redirect is an answer like any other and is not followed. */
export interface TransportResponse {
  readonly status: number;
  /** The body's text where `status` is no success; its first 500 characters are used. */
  readonly body: string;
}

/** Brings one request to a target and resolves with its answer, whatever the status. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;
