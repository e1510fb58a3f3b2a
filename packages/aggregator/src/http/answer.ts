import type { ServerResponse } from "node:http";

/** Why a request is refused, in one line. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** Answers with one line of text, or with nothing. */
export function answer(response: ServerResponse, status: number, reason = ""): void {
  if (response.headersSent || response.destroyed) return;
  // The rest of a body that is refused would be read as the next request.
  if (!response.req.complete) response.setHeader("connection", "close");
  if (reason === "") {
    response.writeHead(status, { "content-length": 0 }).end();
    return;
  }
  const text = `${reason}\n`;
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    })
    .end(text);
}
