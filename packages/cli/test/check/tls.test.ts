import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ownPort } from "../../../../test/loopback/own-port.js";
import { findOrFetch } from "../../../../test/pushgateway/fetch.mjs";
import { startRealGateway } from "../../../../test/pushgateway/real.js";
import {
  type TrialCertificates,
  trialCertificates,
} from "../../../../test/tls/trial-certificates.js";
import { start } from "../../../aggregator/test/use-aggregator.js";
import { prefreeze } from "../command.js";
import { basic, checkOf, failureOf } from "./steps-of.js";

/** `test`, as the guide of Prometheus' web configuration has it. */
const BCRYPT_OF_TEST = "$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay";

let certificates: TrialCertificates;

beforeAll(async () => {
  certificates = await trialCertificates();
  await certificates.expired("old");
  await certificates.forName("other", "other.example");
});
afterAll(() => certificates.remove());

/** A real Pushgateway that speaks TLS, until the test ends. */
async function secureGateway(name: string, users = ""): Promise<string> {
  const config = certificates.path(`${name}-web.yml`);
  await writeFile(
    config,
    `tls_server_config:\n  cert_file: ${name}.pem\n  key_file: ${name}-key.pem\n${users}`,
  );
  const port = await ownPort();
  const child: ChildProcess = spawn(await findOrFetch("pushgateway"), [
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.config.file=${config}`,
    "--persistence.file=",
  ]);
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  let printed = "";
  await new Promise<void>((resolve) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes("TLS is enabled")) resolve();
    });
  });
  return `https://localhost:${port}`;
}

/** As a machine that trusts the trial's authority sees it. */
async function trusting(words: readonly string[], environment = {}): ReturnType<typeof prefreeze> {
  return await prefreeze(["check", ...words], {
    NODE_EXTRA_CA_CERTS: certificates.ca,
    ...environment,
  });
}

describe("a real Pushgateway that speaks TLS", () => {
  test("with a good certificate and a password is well", async () => {
    const url = await secureGateway("pushgateway", `basic_auth_users:\n  f: ${BCRYPT_OF_TEST}\n`);
    const { stdout, exitCode } = await trusting(["--pushgateway", url], {
      PUSHGATEWAY_USERNAME: "f",
      PUSHGATEWAY_PASSWORD: "test",
    });
    expect(stdout).toMatch(
      /ok {4}tls +\d+ ms {2}TLSv1\.3, certificate for localhost, valid until 20\d\d-\d\d-\d\d \(\d+ days left\)\n/,
    );
    expect(stdout).toMatch(/ok {4}authentication +\d+ ms {2}user name and password accepted\n/);
    expect(stdout).toMatch(/ok {4}cleanup /);
    expect(exitCode).toBe(0);
  });

  test("and asks for a password says so; a wrong one is told from none", async () => {
    const url = await secureGateway("pushgateway", `basic_auth_users:\n  f: ${BCRYPT_OF_TEST}\n`);
    const without = await trusting(["--pushgateway", url]);
    expect(without.exitCode).toBe(3);
    expect(without.stdout).toMatch(
      /FAIL {2}authentication +\d+ ms {2}the server asks for a user name and a password\n +Set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD in the environment, here and in the function\.\n/,
    );
    const wrong = await trusting(["--pushgateway", url], {
      PUSHGATEWAY_USERNAME: "f",
      PUSHGATEWAY_PASSWORD: "hidden-from-all",
    });
    expect(wrong.exitCode).toBe(3);
    expect(wrong.stdout).toContain("the server refuses the user name or the password");
    expect(wrong.stdout + wrong.stderr).not.toContain("hidden-from-all");
  });

  test("with an expired certificate", async () => {
    const { stdout, exitCode } = await trusting(["--pushgateway", await secureGateway("old")]);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(
      /FAIL {2}tls +\d+ ms {2}the certificate expired on 2024-02-01, \d+ days ago\n +Renew it/,
    );
    expect(stdout).toContain("Something is wrong at the step tls");
  });

  test("with a certificate for another name", async () => {
    const { stdout, exitCode } = await trusting(["--pushgateway", await secureGateway("other")]);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(
      /FAIL {2}tls +\d+ ms {2}the certificate is for another name than localhost: DNS:other\.example\n/,
    );
  });

  test("with a certificate of an authority that this machine does not know", async () => {
    expect(failureOf(await checkOf(await secureGateway("pushgateway")))).toMatch(
      /^tls: nobody that this machine trusts has signed the certificate \(\w+\)\. Set NODE_EXTRA_CA_CERTS /,
    );
  });

  test("for which the address says http", async () => {
    const url = await secureGateway("pushgateway");
    expect(failureOf(await checkOf(url.replace("https", "http")))).toBe(
      "answer: the server speaks TLS on this port. Write https:// in the address.",
    );
  });
});

test("https to a gateway that speaks plain HTTP", async () => {
  const gateway = await startRealGateway();
  onTestFinished(() => gateway.stop());
  expect(failureOf(await checkOf(gateway.url.replace("http", "https")))).toBe(
    "tls: the server speaks plain HTTP on this port. Write http:// in the address, or the port on which it speaks TLS.",
  );
});

test("a certificate that ends within two weeks is a warning", async () => {
  await certificates.forName("soon", "localhost");
  const { stdout, exitCode } = await trusting(["--pushgateway", await secureGateway("soon")]);
  expect(stdout).toMatch(/warn {2}tls .* \([01] days left\)\n +Renew the certificate\.\n/);
  expect(exitCode).toBe(0);
});

describe("an aggregator that speaks TLS and asks for a token", () => {
  async function secureAggregator(): Promise<string> {
    const gateway = await startRealGateway();
    onTestFinished(() => gateway.stop());
    const tls = {
      cert: await readFile(certificates.path("aggregator.pem"), "utf8"),
      key: await readFile(certificates.path("aggregator-key.pem"), "utf8"),
    };
    const auth = { bearerToken: "token-of-the-test" };
    const { url } = await start({ pushgateway: gateway.url, tls, auth });
    return url;
  }

  test("takes the token of the environment", async () => {
    const { stdout, exitCode } = await trusting(["--pushgateway", await secureAggregator()], {
      PUSHGATEWAY_BEARER_TOKEN: "token-of-the-test",
    });
    expect(stdout).toMatch(/ok {4}authentication +\d+ ms {2}bearer token accepted\n/);
    expect(stdout).toMatch(/ok {4}gateway /);
    expect(exitCode).toBe(0);
  });

  test("says which credentials it asks for", async () => {
    const url = await secureAggregator();
    const without = await trusting(["--pushgateway", url]);
    expect(without.stdout).toMatch(
      /the server asks for a bearer token\n +Set PUSHGATEWAY_BEARER_TOKEN /,
    );
    const other = await trusting(["--pushgateway", url], {
      PUSHGATEWAY_USERNAME: "f",
      PUSHGATEWAY_PASSWORD: "test",
    });
    expect(other.stdout).toMatch(
      /the server asks for a bearer token, and got a user name and a password\n/,
    );
    expect([without.exitCode, other.exitCode]).toEqual([3, 3]);
  });
});

test("a server that closes the connection instead of shaking hands", async () => {
  const { createServer } = await import("node:net");
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  expect(
    failureOf(await checkOf(`https://127.0.0.1:${port}`, { headers: basic("a", "b") })),
  ).toMatch(/^tls: (127\.0\.0\.1:\d+ closed the connection|the connection to )/);
});
