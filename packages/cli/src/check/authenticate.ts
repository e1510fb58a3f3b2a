import { type Asked, ask } from "./ask.js";
import type { Endpoint } from "./endpoint.js";
import type { Identified } from "./identify.js";
import { fine, type Finding, StepFailed, warning } from "./step.js";

/** Tells whether the credentials are taken. @throws StepFailed if not */
export async function authenticate(
  endpoint: Endpoint,
  { answerer, refused }: Identified,
  addresses: readonly string[],
  asked: Pick<Asked, "timeoutMs" | "signal">,
): Promise<Finding> {
  const sent = endpoint.headers["authorization"];
  const answer =
    refused ??
    // Its readiness is told to everybody.
    (answerer === "aggregator" ? await ask(endpoint, "/api/v1/status", asked) : undefined);
  const { status = 0, headers = {} } = answer ?? {};
  if (status === 403) {
    throw new StepFailed(
      `the server answers 403: ${sent === undefined ? "no credentials were sent" : "the credentials are known, but not allowed to do this"}`,
      sent === undefined
        ? "Set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD, or PUSHGATEWAY_BEARER_TOKEN; or let this address pass."
        : "Allow PUT, DELETE and GET below /metrics to this user.",
    );
  }
  if (status === 401) throw refusal(sent, headers["www-authenticate"] ?? "");
  if (sent !== undefined) {
    const what = sent.startsWith("Basic ") ? "user name and password" : "bearer token";
    const bare = await ask({ ...endpoint, headers: {} }, "/api/v1/status", asked);
    return bare.status === 401 || bare.status === 403
      ? fine(`${what} accepted`)
      : fine(`${what} sent, though nothing has asked for credentials`);
  }
  if (addresses.every(isPrivate)) return fine("no credentials asked for");
  return warning(
    "no credentials asked for, at an address that is not private",
    "Whoever reaches the gateway can overwrite and delete every group. Let it, or the proxy before it, ask for a password or a token.",
  );
}

function refusal(sent: string | undefined, challenge: string): StepFailed {
  const wantsBearer = /^bearer/i.test(challenge);
  const variables = wantsBearer
    ? "PUSHGATEWAY_BEARER_TOKEN"
    : "PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD";
  if (sent === undefined) {
    return new StepFailed(
      `the server asks for ${wantsBearer ? "a bearer token" : "a user name and a password"}`,
      `Set ${variables} in the environment, here and in the function.`,
    );
  }
  const sentBearer = /^bearer/i.test(sent);
  if (challenge !== "" && wantsBearer !== sentBearer) {
    return new StepFailed(
      `the server asks for ${wantsBearer ? "a bearer token" : "a user name and a password"}, and got ${sentBearer ? "a bearer token" : "a user name and a password"}`,
      `Set ${variables} instead.`,
    );
  }
  return new StepFailed(
    `the server refuses the ${sentBearer ? "bearer token" : "user name or the password"}`,
    `Correct ${variables}. A line break at the end of a secret is part of it.`,
  );
}

/** Loopback, and the networks of RFC 1918, RFC 4193 and RFC 3927. */
function isPrivate(address: string): boolean {
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe80:|::ffff:127\.)/i.test(
    address,
  );
}
