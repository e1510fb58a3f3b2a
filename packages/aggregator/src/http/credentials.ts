import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Credentials } from "../options.js";

/** Tells whether a request may be served. */
export interface Gatekeeper {
  /** Whether requests need credentials at all. */
  readonly asks: boolean;
  admits(request: IncomingMessage): boolean;
  /** The value of the header `www-authenticate`, for those that are not admitted. */
  readonly challenge: string;
  /** What they need, in words. */
  readonly wanted: string;
}

/** Compares in constant time, by hashes, so that not even the length of a secret shows. */
export function createGatekeeper({ username, password, bearerToken }: Credentials): Gatekeeper {
  const asks = bearerToken !== undefined || password !== undefined;
  const isBasic = bearerToken === undefined;
  const wanted = digest(isBasic ? `${username}:${password}` : bearerToken);
  return {
    asks,
    admits({ headers: { authorization = "" } }) {
      if (!asks) return true;
      const [, scheme = "", sent = ""] = /^(\w+) +(.*)$/.exec(authorization) ?? [];
      const given = isBasic ? Buffer.from(sent, "base64") : sent;
      const isEqual = timingSafeEqual(digest(given), wanted);
      return isEqual && scheme.toLowerCase() === (isBasic ? "basic" : "bearer");
    },
    challenge: isBasic ? 'Basic realm="prefreeze", charset="UTF-8"' : 'Bearer realm="prefreeze"',
    wanted: isBasic ? "this asks for a user name and a password" : "this asks for a bearer token",
  };
}

function digest(text: string | Buffer): Buffer {
  return createHash("sha256").update(text).digest();
}
