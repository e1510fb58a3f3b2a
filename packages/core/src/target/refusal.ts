import type { TransportResponse } from "./transport.js";

/** Why a push was refused. */
export interface Refusal {
  /** The start of the answer, as text. */
  readonly text: string;
  /** What to do; empty if the answer itself says it. */
  readonly advice: string;
}

/** A login page, say: a Pushgateway, and what stands in for one, answers a push with nothing or with plain text. */
export function isWebPage(answer: string): boolean {
  return /^\s*</.test(answer);
}

/**
 * @param url of the request
 * @param path of the group, at the end of `url`
 * @param authorized the request had credentials
 */
export function refusal(
  { status, body, location }: TransportResponse,
  url: string,
  path: string,
  authorized: boolean,
): Refusal {
  const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? "";
  const text = (isWebPage(body) ? title : body).trim().slice(0, 500);
  let advice = ADVICE[status] ?? "";
  if (status < 300) advice = "a web page answered, not a Pushgateway: check PUSHGATEWAY_URL";
  else if (status < 400) advice = `use ${addressIn(location, url, path)} as PUSHGATEWAY_URL`;
  // So answer nginx and Go.
  else if (status === 400 && /\bHTTPS (port|server)\b/.test(text))
    advice = "use https:// in PUSHGATEWAY_URL";
  else if (status === 401 && authorized) advice = "check the credentials";
  return { text, advice };
}

const NO_SUCH_PATH = "check the path in PUSHGATEWAY_URL: it ends before /metrics";
const TOO_LARGE = "raise the size limit of the gateway's proxy, or lower maxSeries";
const ADVICE: Readonly<Record<number, string>> = {
  401: "set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD, or PUSHGATEWAY_BEARER_TOKEN",
  403: "allow pushes with these credentials and from this network",
  404: NO_SUCH_PATH,
  405: NO_SUCH_PATH,
  407: "set the credentials of the proxy",
  411: TOO_LARGE,
  413: TOO_LARGE,
  415: "the receiver must take the text format 0.0.4, also compressed with gzip",
};

/** The address of the gateway that a redirect leads to. */
function addressIn(location: string | undefined, url: string, path: string): string {
  if (!location || !URL.canParse(location, url)) return "the address that this one leads to";
  const { origin, pathname } = new URL(location, url);
  const address = origin + pathname;
  return pathname.endsWith(path)
    ? address.slice(0, -path.length)
    : `the gateway's own address, not one that leads to ${address},`;
}
