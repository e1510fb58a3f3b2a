import { hide } from "./secrets.js";
import type { TransportRequest, TransportResponse } from "./transport.js";

/** A login page, say: a Pushgateway, and what stands in for one, answers a push with nothing or with plain text. */
export function isWebPage(answer: string): boolean {
  return /^\s*</.test(answer);
}

/** The answer, and the headers of its request. */
interface RefusedPush extends TransportResponse, Pick<TransportRequest, "headers"> {}

/**
 * Why a push was refused, and what to do.
 *
 * @param url of the request
 * @param path of the group, at the end of `url`
 * @param secrets what it must not repeat
 */
export function refusal(
  { status, body, location, headers }: RefusedPush,
  url: string,
  path: string,
  secrets: readonly string[],
): string {
  const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? "";
  const text = hide((isWebPage(body) ? title : body).trim().slice(0, 500), secrets);
  let advice = "";
  if (status < 300) advice = "this is no Pushgateway: check PUSHGATEWAY_URL";
  else if (status < 400) advice = redirected(location, url, path, secrets);
  // So answer nginx and Go.
  else if (status === 400 && /\bHTTPS (port|server)\b/.test(text))
    advice = "use https:// in PUSHGATEWAY_URL";
  else if (status === 401) advice = credentialsAdvice(headers["authorization"]);
  else if (status === 403 || status === 407) advice = "check the credentials";
  else if (status === 404 || status === 410) advice = "check the path in PUSHGATEWAY_URL";
  else if (status === 415 && /protobuf/.test(headers["content-type"]!))
    advice = "push text: unset format";
  else if (status === 413) advice = "lower maxSeries, or raise the limit of the gateway's proxy";
  return [`HTTP ${status}${text && `: ${text}`}`, advice].filter(Boolean).join("; ");
}

/** @param sent the header of that name */
function credentialsAdvice(sent = ""): string {
  const basic = "PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD";
  const bearer = "PUSHGATEWAY_BEARER_TOKEN";
  if (!sent) return `set ${basic}, or ${bearer}`;
  return `check ${/^basic /i.test(sent) ? basic : bearer}`;
}

function redirected(
  location: string | undefined,
  url: string,
  path: string,
  secrets: readonly string[],
): string {
  const { origin = "", pathname = "" } =
    location && URL.canParse(location, url) ? new URL(location, url) : {};
  const address = hide(origin + pathname, secrets);
  return address.endsWith(path)
    ? `use ${address.slice(0, -path.length)} as PUSHGATEWAY_URL`
    : `PUSHGATEWAY_URL redirects${address && ` to ${address}`}: use the gateway's own address`;
}
