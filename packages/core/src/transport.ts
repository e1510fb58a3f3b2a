/** `Uint8Array<ArrayBuffer>`, spelled so that compilers older than TypeScript 5.7 read it, too. */
type Bytes = ReturnType<typeof Uint8Array.of>;

/** One request to a target. */
export interface TransportRequest {
  readonly method: "PUT" | "POST" | "DELETE";
  readonly url: string;
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Bytes | undefined;
  /** Ends the attempt; the transport then rejects. Made when first read, for as much as a tenth of a push. */
