import { WrongInput } from "../arguments/wrong-input.js";

/** The address that is checked, in parts. */
export interface Endpoint {
  /** Without credentials, query, and slash at the end. */
  readonly url: string;
  /** With its `?`, or empty. It may hold a token, so no message repeats it. */
  readonly query: string;
  readonly isTls: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws WrongInput if it is no address of HTTP */
export function endpointOf(
  address: string,
  headers: Readonly<Record<string, string>> = {},
): Endpoint {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new WrongInput("the url is not an address: give it as in http://127.0.0.1:9091");
  }
  const url = new URL(address);
  const isTls = url.protocol === "https:";
  const { search } = url;
  url.search = "";
  url.hash = "";
  url.username = "";
  url.password = "";
  return {
    url: url.href.replace(/\/+$/, ""),
    query: search,
    isTls,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (isTls ? 443 : 80),
    headers,
  };
}
