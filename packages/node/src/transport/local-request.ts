/** A request to a server of this machine. */
export interface LocalRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Their names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
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
  readonly status: number;
  readonly body: string;
  /** The header that was wanted; undefined if there is none. */
  readonly header: string | undefined;
}
