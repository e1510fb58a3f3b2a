import { isIP } from "node:net";
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Endpoint } from "./endpoint.js";
import { networkAdvice } from "./network-advice.js";
import { fine, type Finding, StepFailed, warning } from "./step.js";
import { within, written } from "./within.js";

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

/** Shakes hands, and looks at the certificate. @throws StepFailed if functions would refuse it */
export async function checkTls(endpoint: Endpoint, limitMs: number): Promise<Finding> {
  const { host, port } = endpoint;
  const socket = connect({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // What is wrong with the certificate is looked at below.
    rejectUnauthorized: false,
  });
  try {
    const end = await within(handshake(socket), limitMs);
    if (end === undefined) {
      throw new StepFailed(
        `no TLS handshake within ${written(limitMs)}`,
        "The server accepts connections but does not speak TLS, or is stuck. Try http:// in the address, and look at its log.",
      );
    }
    if (end !== "shaken") throw whyNoHandshake(end, endpoint);
    return judge(socket.getPeerCertificate(), socket, host);
  } finally {
    socket.destroy();
  }
}

function handshake(socket: TLSSocket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once("secureConnect", () => resolve("shaken"));
    socket.once("error", resolve);
  });
}

function whyNoHandshake(error: unknown, endpoint: Endpoint): StepFailed {
  const { code = "", message } = Object(error) as NodeJS.ErrnoException;
  if (/wrong version number|packet length too long|http request/i.test(`${code} ${message}`)) {
    return new StepFailed(
      "the server speaks plain HTTP on this port",
      "Write http:// in the address, or the port on which it speaks TLS.",
    );
  }
  if (/handshake.failure|no.*cipher|protocol.version|unsupported.protocol/i.test(message)) {
    return new StepFailed(
      "the server and Node.js have no TLS version or cipher in common",
      "Let the server speak TLS 1.2 or newer.",
    );
  }
  return networkAdvice(error, endpoint);
}

function judge(certificate: PeerCertificate, socket: TLSSocket, host: string): Finding {
  const beginsMs = Date.parse(certificate.valid_from);
  const endsMs = Date.parse(certificate.valid_to);
  const now = Date.now();
  const [ends = ""] = new Date(endsMs).toISOString().split("T");
  if (endsMs < now) {
    throw new StepFailed(
      `the certificate expired on ${ends}, ${days(now - endsMs)} ago`,
      "Renew it, and let the server load it. If that date is in the future, set this machine's clock.",
    );
  }
  if (beginsMs > now) {
    throw new StepFailed(
      `the certificate is not valid yet: it begins on ${new Date(beginsMs).toISOString()}`,
      "Set this machine's clock, or that of the machine that made the certificate.",
    );
  }
  if (checkServerIdentity(host, certificate) !== undefined) {
    const names = certificate.subjectaltname ?? "none";
    throw new StepFailed(
      `the certificate is for another name than ${host}: ${names.slice(0, 300)}`,
      "Use one of its names in the address, or make a certificate that has this one.",
    );
  }
  if (!socket.authorized) {
    throw new StepFailed(
      `nobody that this machine trusts has signed the certificate (${authorizationError(socket)})`,
      "Set NODE_EXTRA_CA_CERTS to the PEM file of its authority, here and in the function. If the authority is a public one, let the server send the intermediate certificates, too.",
    );
  }
  const left = Math.floor((endsMs - now) / DAY_MS);
  const seen = `${socket.getProtocol()}, certificate for ${host}, valid until ${ends} (${left} days left)`;
  if (left < SOON_DAYS) return warning(seen, "Renew the certificate.");
  return process.env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0"
    ? warning(
        `${seen}; NODE_TLS_REJECT_UNAUTHORIZED=0 accepts any certificate`,
        "Remove that variable: it lets anybody between here and the gateway read and change what is sent.",
      )
    : fine(seen);
}

/** Its type says an error, but it is the name of one. */
function authorizationError(socket: TLSSocket): string {
  const error: unknown = socket.authorizationError;
  return error instanceof Error ? error.message : String(error);
}

function days(milliseconds: number): string {
  const count = Math.floor(milliseconds / DAY_MS);
  return count === 1 ? "1 day" : `${count} days`;
}
