import { Option } from "commander";
import { readGatewayCredentials } from "./credentials.js";
import { gatewayUrl } from "./gateway-url.js";
import { WrongInput } from "./wrong-input.js";

/** A Pushgateway, or what answers as one, and what it asks for. */
export interface Pushgateway {
  /** Without credentials, and without a slash at the end. */
  readonly url: string;
  /** The header `authorization`, if it asks for credentials. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the command line says about it. */
export interface PushgatewayWords {
  readonly pushgateway?: string;
}

/** The option of every command that reads or changes what a Pushgateway holds. */
export function pushgatewayOption(): Option {
  return new Option(
    "--pushgateway <URL>",
    "its address; default: PUSHGATEWAY_URL, or this machine's",
  );
}

/**
 * Reads which Pushgateways a command is for: the one of the option, or else those that the functions of this
 * environment push to.
 *
 * @returns at least one; `http://127.0.0.1:9091` if nothing names any
 * @throws WrongInput if an address is none, or credentials are incomplete
 */
export function readPushgateways(
  words: PushgatewayWords,
  environment: Readonly<Record<string, string | undefined>>,
): Pushgateway[] {
  const auth = readGatewayCredentials(environment);
  const fromVariables = auth === undefined ? {} : { authorization: authorization(auth) };
  if (words.pushgateway !== undefined) {
    return [{ url: gatewayUrl(words.pushgateway), headers: fromVariables }];
  }
  const listed = (environment["PUSHGATEWAY_URL"] ?? "")
    .split(",")
    .map((text) => text.trim())
    .filter(Boolean);
  if (listed.length === 0) return [{ url: "http://127.0.0.1:9091", headers: fromVariables }];
  return listed.map((text) => {
    const address = text.includes("://") ? text : `http://${text}`;
    if (!URL.canParse(address)) {
      throw new WrongInput(
        "PUSHGATEWAY_URL has something that is not an address: give it as in http://127.0.0.1:9091",
      );
    }
    const url = new URL(address);
    const username = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    url.username = "";
    url.password = "";
    const headers = username ? { authorization: authorization({ username, password }) } : {};
    return { url: url.href.replace(/\/+$/, ""), headers: { ...fromVariables, ...headers } };
  });
}

/** The header `authorization`. */
export function authorization({
  username = "",
  password = "",
  bearerToken,
}: {
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
}): string {
  return bearerToken === undefined
    ? `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
    : `Bearer ${bearerToken}`;
}
