import { parseAddresses } from "@prefreeze/core/adapter";
import type { Credentials } from "../options.js";

/** The Pushgateway behind the aggregator. */
export interface GatewayAddress {
  /** Without credentials and query, and without a slash at its end: for requests, and for messages. */
  readonly url: string;
  /** With its `?`; it may hold a token. */
  readonly query: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly bearerToken: string | undefined;
  /** The header that it asks for, if it asks for one. */
  readonly authorization: string | undefined;
}

/** @throws TypeError that repeats no part of the address */
export function gatewayAddress(text: string, auth: Credentials): GatewayAddress {
  const [found, ...others] = parsed(text);
  if (!found || others.length > 0) throw new TypeError("pushgateway needs one address");
  const { url, query = "" } = found;
  const username = auth.username ?? (found.username as string | undefined);
  const password = auth.password ?? (found.password as string | undefined);
  const { bearerToken } = auth;
  const basic = [username, password].filter((part) => part !== undefined).join(":");
  const isBasic = username !== undefined || password !== undefined;
  return {
    url: url.replace(/\/+$/, ""),
    query,
    username,
    password,
    bearerToken,
    authorization:
      bearerToken === undefined
        ? isBasic
          ? `Basic ${Buffer.from(basic).toString("base64")}`
          : undefined
        : `Bearer ${bearerToken}`,
  };
}

function parsed(text: string): ReturnType<typeof parseAddresses> {
  try {
    return parseAddresses(text);
  } catch (error) {
    throw new TypeError(`pushgateway ${(error as Error).message}`, { cause: error });
  }
}
