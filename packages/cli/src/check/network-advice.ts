import type { Endpoint } from "./endpoint.js";
import { StepFailed } from "./step.js";

/** Says in words why there is no connection, or no answer. */
export function networkAdvice(error: unknown, { host, port, isTls }: Endpoint): StepFailed {
  const { code = "", message } = Object(error) as NodeJS.ErrnoException;
  const at = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (code === "ERR_INVALID_CHAR") {
    return new StepFailed(
      "the credentials have a character that HTTP forbids",
      "Correct the password or the token. A line break at the end of a secret is part of it.",
    );
  }
  if (code === "ECONNREFUSED") {
    return new StepFailed(
      `nothing listens on ${at}`,
      "Start the gateway, or correct the port. From inside a function, 127.0.0.1 is the function itself.",
    );
  }
  if (/^E(HOST|NET)UNREACH$|^EADDRNOTAVAIL$/.test(code)) {
    return new StepFailed(
      `there is no route to ${at}`,
      "Check the network: a VPC without a NAT gateway, a subnet without IPv6, or a VPN that is down.",
    );
  }
  if (/^(ECONNRESET|EPIPE|HPE_CLOSED_CONNECTION)$/.test(code) || message === "socket hang up") {
    return new StepFailed(
      `${at} closed the connection without an answer`,
      isTls
        ? "A proxy may ask for a client certificate, or its program behind may have crashed: look at its log."
        : "If the server speaks TLS, write https:// in the address. Otherwise look at its log: Pushgateway 1.11.0 does this if a push conflicts with another group.",
    );
  }
  if (code.startsWith("HPE_")) {
    return new StepFailed(
      `what listens on ${at} does not speak HTTP`,
      "Correct the port, or write https:// in the address if it speaks TLS.",
    );
  }
  if (/CERT|certificate|ALTNAME|SELF_SIGNED|ISSUER/i.test(`${code} ${message}`)) {
    return new StepFailed(
      `the certificate of ${at} is not accepted: ${message}`,
      "Renew the certificate, or set NODE_EXTRA_CA_CERTS to the file of its authority.",
    );
  }
  return new StepFailed(
    `the connection to ${at} failed: ${message}`,
    "Look at the server's log, and at what is between it and this machine.",
  );
}
