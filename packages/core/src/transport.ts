/** One request to a target. */
export interface TransportRequest {
  readonly method: "PUT" | "POST" | "DELETE";
  readonly url: string;
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  /** Ends the attempt; the transport then rejects. */
  readonly signal: AbortSignal;
}

/** Its answer; a redirect is an answer like any other and is not followed. */
export interface TransportResponse {
  readonly status: number;
  /** The body's text where `status` is no success; its first 500 characters are used. */
  readonly body: string;
}

/** Brings one request to a target and resolves with its answer, whatever the status. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;
