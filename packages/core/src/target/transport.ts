import type { Bytes } from "../runtime/bytes.js";

/** One request to a target. */
export interface TransportRequest {
  /** The HTTP method. */
  readonly method: "PUT" | "POST" | "DELETE" | "GET";
  /** The address of the group, without userinfo. */
  readonly url: string;
  /** Their names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The snapshot as text, or as bytes if it is compressed or in another format; undefined for DELETE and GET. */
  readonly body: string | Bytes | undefined;
  /** How many characters of the answer are used, at most. Default 10,000. */
  readonly answerCharacters?: number | undefined;
  /** How long the attempt may take, in milliseconds. A transport may give up a silent connection sooner. */
  readonly timeoutMs: number;
  /** Aborts the attempt; the transport then rejects. Created when first read, which costs a tenth of a push. */
  readonly signal: AbortSignal;
  /**
   * The controller behind `signal`. A transport may replace its `abort`, which costs next to nothing. What it
   * puts there calls `AbortController.prototype.abort`, too.
   */
  readonly controller: AbortController;
}

/** The answer to a request. Redirects are answers like any other and are not followed. */
export interface TransportResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The body as text; what goes beyond `answerCharacters` may be missing. */
  readonly body: string;
  /** The header of that name, if there is one: where a redirect leads to. */
  readonly location?: string | undefined;
}

/**
 * Sends one request to a target. It rejects if there is no answer.
 *
 * Such a push may have been applied, so it is in doubt, and the instance keeps its id until a push is
 * acknowledged. A transport that knows that no byte of the request has left can say so: it rejects with an
 * error whose property `nothingSent` is `true`. So does one that throws before it returns a promise.
 *
 * @returns the answer, whatever its status
 */
export interface Transport {
  (request: TransportRequest): Promise<TransportResponse>;
  /** Compresses a body with gzip. Default: `CompressionStream`, if the platform has it. */
  gzip?(this: void, body: string | Bytes): Promise<Bytes>;
  /** What sends the requests, and why, in words: `explain()` shows it. Default: nothing is shown. */
  explain?(this: void): string;
}
