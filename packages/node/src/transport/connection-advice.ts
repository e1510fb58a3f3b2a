/** What to do about an error of TLS, by its code and message. */
const ADVICE: readonly (readonly [found: RegExp, advice: string])[] = [
  [/wrong version/, "use http:// in PUSHGATEWAY_URL, or a port that speaks TLS"],
  [/UNABLE_TO_|SELF_SIGNED/, "name its authority in NODE_EXTRA_CA_CERTS"],
  [/EXPIRED/, "renew it"],
  [/ALTNAME/, "use one of these names in PUSHGATEWAY_URL"],
];

/**
 * Adds to the message of an error what to do about it, if it comes from TLS.
 *
 * @returns the same error, with its code
 */
export function withAdvice(error: Error): Error {
  const { code, message } = Object(error) as NodeJS.ErrnoException;
  const [, advice] = ADVICE.find(([found]) => found.test(code + message)) ?? [];
  // A pool may give one error to several requests.
  if (!advice || message.endsWith(advice)) return error;
  // OpenSSL adds a number of its own, and the path of a source file.
  const what = message.replace(/.*:SSL routines:\w*:([^:]+).*/s, "TLS failed: $1");
  error.message = `${what}; ${advice}`;
  return error;
}
