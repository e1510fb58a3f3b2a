/** A request to a server of this machine. */
export interface LocalRequest {
  /** The HTTP method. */
  readonly method: "GET" | "POST";
  /** The path, with its query. */
  readonly path: string;
  /** Their names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as UTF-8. Default: none. */
  readonly body?: string;
  /**
   * How long it may take, in milliseconds. Meanwhile, it keeps the process running. Default: as long as it takes, and
   * it keeps no process running.
   */
  readonly timeoutMs?: number;
  /** The name of the header of the answer that is wanted, in lower case. */
  readonly answerHeader: string;
}

/** The answer to it, with the start of its body. */
export interface LocalAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** Up to about 10,000 characters of it. */
  readonly body: string;
  /** The header that was wanted; undefined if there is none. */
  readonly header: string | undefined;
}
