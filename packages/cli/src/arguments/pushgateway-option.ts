import { Option } from "commander";
import { readGatewayCredentials } from "./credentials.js";
import { gatewayUrl } from "./gateway-url.js";
import { WrongInput } from "./wrong-input.js";

/** A Pushgateway, or what answers as one, and what it asks for. */
export interface Pushgateway {
  /** Without credentials, and without a slash at the end. */
  readonly url: string;
  /** With its `?`. It goes with every request, and into no message, since it may hold a token. Default: none. */
  readonly query?: string;
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
export async function readPushgateways(
  words: PushgatewayWords,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Pushgateway[]> {
  const auth = readGatewayCredentials(environment);
  const fromVariables = auth === undefined ? {} : { authorization: authorization(auth) };
  if (words.pushgateway !== undefined) {
    return [{ url: gatewayUrl(words.pushgateway), headers: fromVariables }];
  }
  const listed = environment["PUSHGATEWAY_URL"] ?? "";
  if (!/[^\s,]/.test(listed)) return [{ url: "http://127.0.0.1:9091", headers: fromVariables }];
  return (await addressesOf(listed)).map(({ url, query, username, password }) => ({
    url: url.replace(/\/+$/, ""),
    ...(query !== undefined && { query }),
    headers: {
      ...fromVariables,
      ...(username !== undefined && {
        authorization: authorization({ username, ...(password !== undefined && { password }) }),
      }),
    },
  }));
}

interface Address {
  readonly url: string;
  readonly query: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** Reads addresses as functions do, which take no piece of a password for a host. */
async function addressesOf(listed: string): Promise<Address[]> {
  const { parseAddresses } = await import("@prefreeze/core/adapter");
  try {
    return parseAddresses(listed) as Address[];
  } catch (error) {
    throw new WrongInput(
      `PUSHGATEWAY_URL ${(error as Error).message}: give it as in http://127.0.0.1:9091`,
    );
  }
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
