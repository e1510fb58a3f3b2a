import { lookup, Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { connect as connectTcp, isIP } from "node:net";
import type { Endpoint } from "./endpoint.js";
import { networkAdvice } from "./network-advice.js";
import { fine, type Finding, StepFailed } from "./step.js";
import { within, written } from "./within.js";

/** Finds the addresses of a name. @throws StepFailed if it has none, or nobody tells in time */
export async function resolveName({ host }: Endpoint, limitMs: number): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = (await isSilent(host, limitMs))
    ? undefined
    : await within(
        lookup(host, { all: true }).catch((error: unknown) => error as NodeJS.ErrnoException),
        limitMs,
      );
  if (found === undefined) {
    throw new StepFailed(
      `the name server does not answer within ${written(limitMs)}`,
      "Check /etc/resolv.conf, and that UDP port 53 is open. On AWS, the VPC needs enableDnsSupport.",
    );
  }
  if (!Array.isArray(found)) {
    throw found.code === "EAI_AGAIN"
      ? new StepFailed(
          `the name server cannot tell the address of ${host} now`,
          "Check /etc/resolv.conf, and that UDP port 53 is open. On AWS, the VPC needs enableDnsSupport.",
        )
      : new StepFailed(
          `there is no host named ${host}`,
          "Correct the name. A name of a private zone is known inside its network only.",
        );
  }
  return found.map(({ address }) => address);
}

/**
 * Tells whether the name server answers nothing. The system's own look-up cannot be given up: it keeps the process for as
 * long as the system waits.
 */
async function isSilent(host: string, limitMs: number): Promise<boolean> {
  const hosts = await readFile("/etc/hosts", "utf8").catch(() => "");
  if (hosts.split(/\s+/).includes(host) || host.endsWith("localhost")) return false;
  const resolver = new Resolver({ timeout: limitMs, tries: 1 });
  const answered = resolver.resolve4(host).then(
    () => true,
    // Any other error is an answer, or is of this resolver alone.
    (error: unknown) => (error as NodeJS.ErrnoException).code !== "ETIMEOUT",
  );
  const isAnswered = await within(answered, limitMs);
  resolver.cancel();
  return isAnswered !== true;
}

/** Opens a connection to the first address that takes one. @throws StepFailed if none does */
export async function reach(
  endpoint: Endpoint,
  addresses: readonly string[],
  limitMs: number,
): Promise<Finding> {
  const { port } = endpoint;
  let failure: StepFailed | undefined;
  for (const address of addresses) {
    const end = await knock(address, port, limitMs / addresses.length);
    if (end === "open") {
      const before = failure === undefined ? "" : `; ${failure.message}`;
      return fine(`${at(address, port)} accepts connections${before}`);
    }
    failure ??=
      end === undefined
        ? new StepFailed(
            `${at(address, port)} does not answer within ${written(Math.round(limitMs / addresses.length))}`,
            "Something drops the packets: a firewall, a security group, or a wrong address. Open the port for this machine.",
          )
        : networkAdvice(end, { ...endpoint, host: address });
  }
  throw failure ?? new StepFailed("the name has no address", "Correct the name.");
}

function at(address: string, port: number): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** @returns undefined if the time is up */
async function knock(host: string, port: number, limitMs: number): Promise<unknown> {
  const socket = connectTcp({ host, port });
  const end = new Promise<unknown>((resolve) => {
    socket.once("connect", () => resolve("open"));
    socket.once("error", resolve);
  });
  try {
    return await within(end, limitMs);
  } finally {
    socket.destroy();
  }
}
