import { connect } from "node:net";

export interface RawOptions {
  readonly method?: string;
  /** The client goes away when it has read this many bytes. */
  readonly leavesAfter?: number;
}

/** Sends a request over a socket of its own. @returns every byte of the answer, as latin1 text */
export function rawRequest(
  url: string,
  path: string,
  { method = "GET", leavesAfter = Infinity }: RawOptions = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (data) => {
      answer += String(data);
      if (answer.length >= leavesAfter || isWhole(method, answer)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
    socket.write(`${method} ${encodeURI(path)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  });
}

/** workerd keeps the connection open, whatever the client asks for. */
function isWhole(method: string, answer: string): boolean {
  const head = answer.indexOf("\r\n\r\n") + 4;
  if (head < 4) return false;
  if (method === "HEAD" || /^HTTP\/1.1 (204|304)/.test(answer)) return true;
  const length = /\r\nContent-Length: (\d+)/.exec(answer)?.[1];
  if (length === undefined) return answer.endsWith("\r\n0\r\n\r\n");
  return answer.length >= head + Number(length);
}
