import { Agent, request } from "node:http";

/** Registers an internal extension that does nothing, written by hand. @returns a function that waits for the next event */
export async function registerNoOp(): Promise<() => Promise<void>> {
  const [host, port] = process.env["AWS_LAMBDA_RUNTIME_API"]!.split(":");
  const agent = new Agent({ keepAlive: true });
  const call = (method: string, path: string, headers: Record<string, string>, body = "") =>
    new Promise<string>((resolve, reject) => {
      const outgoing = request(
        { host, port, agent, method, path: `/2020-01-01/extension/${path}`, headers },
        (response) => {
          const identifier = String(response.headers["lambda-extension-identifier"]);
          response.resume().on("end", () => resolve(identifier));
        },
      );
      outgoing.on("error", reject);
      // Waiting for the next event does not keep the process running.
      if (!body) outgoing.on("socket", (socket) => socket.unref());
      outgoing.end(body);
    });
  const name = { "lambda-extension-name": "no-op" };
  const identifier = await call("POST", "register", name, '{"events":["INVOKE"]}');
  return async () => {
    await call("GET", "event/next", { "lambda-extension-identifier": identifier });
  };
}
