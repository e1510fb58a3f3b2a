import type { ServerResponse } from "node:http";

/** Answers with a JSON object. */
export function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}
