/**
 * Source of a module that registers an internal extension, using `node:http` alone.
 * `register(events)` returns status and body, `next()` returns the event.
 */
export const extensionModule = `
  import { Agent, request } from "node:http";
  const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
  const agent = new Agent({ keepAlive: true });
  let identifier = "";
  export function call(method, path, headers = {}, body = "", background = false) {
    return new Promise((resolve, reject) => {
      const options = { host, port, method, agent, path: "/2020-01-01/extension/" + path, headers };
      const sent = request(options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode, headers: response.headers, body: JSON.parse(text) }));
      });
      sent.on("error", reject);
      // The long poll must not keep the event loop: callback handlers wait until it is empty.
      sent.on("socket", (socket) => { if (background) socket.unref(); else socket.ref(); });
      sent.end(body);
    });
  }
  export async function register(events, name = "test-extension") {
    const headers = { "Lambda-Extension-Name": name };
    const answer = await call("POST", "register", headers, JSON.stringify({ events }));
    if (answer.status === 200) identifier = answer.headers["lambda-extension-identifier"];
    return answer;
  }
  export async function next() {
    const headers = { "Lambda-Extension-Identifier": identifier };
    return (await call("GET", "event/next", headers, "", true)).body;
  }
  export function report(phase, errorType) {
    return call("POST", phase + "/error", {
      "Lambda-Extension-Identifier": identifier,
      "Lambda-Extension-Function-Error-Type": errorType,
    }, "{}");
  }`;

/**
 * Source of a module that registers for INVOKE, takes all events and calls the `setOnEvent`
 * listener at each.
 */
export const polling = `
  import { register, next } from "./extension.mjs";
  export const registered = await register(["INVOKE"]);
  export const events = [];
  export let onEvent = async () => {};
  export function setOnEvent(listener) { onEvent = listener; }
  (async () => {
    for (;;) {
      events.push(await next());
      await onEvent();
    }
  })();`;
