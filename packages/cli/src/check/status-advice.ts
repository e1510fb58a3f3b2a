import type { Answer } from "./ask.js";
import type { Endpoint } from "./endpoint.js";
import { StepFailed } from "./step.js";

/** A login page, say. What stands in for a Pushgateway answers with plain text or JSON, but for its own page. */
export function isWebPage({ body }: Answer): boolean {
  return /^\s*</.test(body);
}

/** Says in words why an answer is none of a gateway's. */
export function statusAdvice(answer: Answer, endpoint: Endpoint, path: string): StepFailed {
  const { status } = answer;
  const text = startOf(answer, endpoint);
  if (isWebPage(answer) && status < 300) {
    return new StepFailed(
      `${path} answers with a web page: ${text}`,
      "This is no gateway, or a login page stands before it. Correct PUSHGATEWAY_URL, and let requests of functions pass.",
    );
  }
  if (status >= 300 && status < 400) return redirected(answer, endpoint, path);
  if (status === 400 && /HTTPS (port|server)/i.test(answer.body)) {
    return new StepFailed("the server speaks TLS on this port", "Write https:// in the address.");
  }
  const message = `HTTP ${status}${text && `: ${text}`}`;
  return new StepFailed(message, adviceFor(status));
}

function adviceFor(status: number): string {
  if (status === 401) {
    return "Set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD, or PUSHGATEWAY_BEARER_TOKEN, to what the server asks for.";
  }
  if (status === 403) {
    return "The server knows who asks, and refuses. Allow PUT, DELETE and GET below /metrics to this user or address.";
  }
  if (status === 407) {
    return "A proxy on the way asks for credentials. Let functions reach the gateway without it.";
  }
  if (status === 404 || status === 410) {
    return "Correct the path in PUSHGATEWAY_URL: prefreeze adds /metrics/job/… to it.";
  }
  if (status === 405 || status === 501) {
    return "Let the proxy pass the methods PUT and DELETE.";
  }
  if (status === 411 || status === 413) return "Let the proxy pass bodies of 1 MB.";
  if (status === 415) return "Let the proxy pass bodies and their headers as they are.";
  if (status === 429)
    return "Raise the limit of requests: each instance pushes after an invocation.";
  if (status === 502 || status === 504) {
    return "The proxy answers, but the gateway behind it does not. Start it, or correct the proxy's address for it.";
  }
  if (status >= 500) return "Look at the server's log.";
  if (status === 400)
    return "Look at what changes requests on their way: a proxy has to pass them as they are.";
  return "Look at the server's log, and at that of the proxy before it.";
}

function redirected({ headers }: Answer, endpoint: Endpoint, path: string): StepFailed {
  const { location = "" } = headers;
  const base = endpoint.url + path;
  if (location === "" || !URL.canParse(location, base)) {
    return new StepFailed(
      `${path} redirects, and does not say where`,
      "prefreeze follows no redirect. Give the gateway's own address.",
    );
  }
  const target = new URL(location, base);
  const to = target.origin + target.pathname;
  const message = `${path} redirects to ${to}`;
  return new StepFailed(
    message,
    to.endsWith(path)
      ? `prefreeze follows no redirect. Set PUSHGATEWAY_URL=${to.slice(0, -path.length)}`
      : "prefreeze follows no redirect. If that is a login page, let requests of functions pass without it; otherwise give the gateway's own address.",
  );
}

/** The title of a page, or the start of a text, on one line. A server may repeat what it was sent. */
function startOf(answer: Answer, { headers, query }: Endpoint): string {
  const title = /<title[^>]*>([^<]*)/i.exec(answer.body)?.[1] ?? "";
  const text = isWebPage(answer) ? title : answer.body;
  return (
    [...Object.values(headers).flatMap(secretsIn), query]
      .filter((secret) => secret.length > 6)
      .reduce((shown, secret) => shown.replaceAll(secret, "[redacted]"), text)
      // Terminals would obey control characters.
      .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ")
      .trim()
      .slice(0, 200)
  );
}

/** A header, the credentials in it, and the password in these. */
function secretsIn(header: string): string[] {
  const [, encoded = ""] = header.split(" ");
  const both = Buffer.from(encoded, "base64").toString();
  return [header, encoded, both, both.slice(both.indexOf(":") + 1)];
}
