import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownPort } from "../loopback/own-port.js";
import { foundGateways } from "../pushgateway/gateways.mjs";
import { bcryptHash } from "./gateway-password.js";
import { type ListeningProgram, listeningProgram } from "./listening-program.js";
import { type TrialCertificates, trialCertificates } from "./trial-certificates.js";

const PASSWORD = "geheim-5391-pw";
const TOKEN = "geheim-8264-token";
const cli = fileURLToPath(new URL("../../packages/cli/bin/prefreeze.js", import.meta.url));
const pushing = fileURLToPath(new URL("fixtures/push.mjs", import.meta.url));
const webConfig = new URL("../../infra/tls/web-config.yml", import.meta.url);

/** With the right certificate, without TLS, with a certificate that has expired, and with one for another host. */
type Setup = "secure" | "plain" | "expired" | "elsewhere";

let certificates: TrialCertificates;
let another: TrialCertificates;
let hash: string;
const programs: ListeningProgram[] = [];

beforeAll(async () => {
  [certificates, another, hash] = await Promise.all([
    trialCertificates(),
    trialCertificates(),
    bcryptHash(PASSWORD),
  ]);
  await certificates.expired("expired");
  await certificates.forName("elsewhere", "gateway.internal");
}, 120_000);

afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  await Promise.all([certificates, another].map((each) => each.remove()));
});

/** Starts a Pushgateway with the shipped configuration and the hash. */
async function startGateway(program: string, setup: Setup, port: number): Promise<void> {
  const shipped = await readFile(webConfig, "utf8");
  const whole = shipped.replace("REPLACE_WITH_BCRYPT_HASH", hash);
  const name = setup === "secure" ? "pushgateway" : setup;
  const file = certificates.path(`web-config-${port}.yml`);
  await writeFile(
    file,
    setup === "plain"
      ? whole.slice(whole.indexOf("basic_auth_users:"))
      : whole.replaceAll(/(?<=: )pushgateway/g, name),
  );
  const flags = [`--web.listen-address=127.0.0.1:${port}`, `--web.config.file=${file}`];
  programs.push(await listeningProgram([program, ...flags, "--persistence.file="], port));
}

async function startAggregator(setup: Setup, port: number): Promise<void> {
  const name = setup === "secure" ? "aggregator" : setup;
  const [state, token] = [certificates.path(`state-${port}`), certificates.path(`token-${port}`)];
  await mkdir(state);
  await writeFile(token, `${TOKEN}\n`, { mode: 0o600 });
  const [cert, key] = [certificates.path(`${name}.pem`), certificates.path(`${name}-key.pem`)];
  const words = [
    "aggregate",
    "--state",
    state,
    "--listen",
    `127.0.0.1:${port}`,
    "--bearer-token-file",
    token,
    ...(setup === "plain" ? [] : ["--tls-cert", cert, "--tls-key", key]),
  ];
  programs.push(await listeningProgram([process.execPath, cli, ...words], port));
}

type Variables = Readonly<Record<string, string>>;

/** What functions push to, and their credentials for it. */
interface Service {
  readonly title: string;
  readonly start: (setup: Setup, port: number) => Promise<void>;
  readonly right: Variables;
  readonly wrong: Variables;
  readonly unauthorized: string;
  readonly isHttps: string;
}

const asUser = (PUSHGATEWAY_PASSWORD: string): Variables => ({
  PUSHGATEWAY_USERNAME: "prefreeze",
  PUSHGATEWAY_PASSWORD,
});
const found = await foundGateways();
const services: Service[] = [
  // The oldest and the newest.
  ...[...new Set([found.at(0)!, found.at(-1)!])].map(({ version, path }) => ({
    title: `Pushgateway ${version}`,
    start: (setup: Setup, port: number) => startGateway(path, setup, port),
    right: asUser(PASSWORD),
    wrong: asUser("geheim-0000-pw"),
    unauthorized: "Unauthorized",
    isHttps: "Client sent an HTTP request to an HTTPS server.",
  })),
  {
    title: "prefreeze aggregate",
    start: startAggregator,
    right: { PUSHGATEWAY_BEARER_TOKEN: TOKEN },
    wrong: { PUSHGATEWAY_BEARER_TOKEN: "geheim-0000-token" },
    unauthorized: "this asks for a bearer token",
    isHttps: "this is an HTTPS port",
  },
];

/** Pushes by a process of its own. @returns what it logs */
async function push(transport: string, url: string, env: Variables): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [pushing, transport], {
    env: { PREFREEZE_ACTIVE: "1", PUSHGATEWAY_URL: url, ...env },
  });
  return stdout + stderr;
}

const NEXT = "; its data will be in the next push";
const BOTH = "PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD";

describe.each(services)("$title", (service) => {
  const { start, right, wrong, unauthorized, isHttps } = service;
  const ports: Partial<Record<Setup, number>> = {};
  beforeAll(async () => {
    for (const setup of ["secure", "plain", "expired", "elsewhere"] as const) {
      ports[setup] = await ownPort();
      await start(setup, ports[setup]);
    }
  }, 120_000);

  const trust = () => ({ NODE_EXTRA_CA_CERTS: certificates.ca });
  const trustAnother = () => ({ NODE_EXTRA_CA_CERTS: another.ca });

  describe.each(["httpTransport", "undiciTransport", "fetchTransport"])("%s", (transport) => {
    const isFetch = transport === "fetchTransport";

    /** What a push to this server logs, without its address. */
    async function logged(scheme: string, setup: Setup, env: Variables): Promise<string> {
      const url = `${scheme}://127.0.0.1:${ports[setup]!}`;
      const text = await push(transport, url, env);
      // No line repeats a credential, whole or in part.
      expect(text).not.toMatch(/geheim|cHJlZnJlZXpl/);
      const start = `prefreeze: push to ${url}/ failed: `;
      return text.startsWith(start) ? text.slice(start.length).trimEnd() : text;
    }
    /** Core cannot advise about errors of Node.js; their reason follows `fetch failed`. */
    const failed = (reason: string, advice: string) =>
      isFetch
        ? new RegExp(`^fetch failed: .*${reason}.*${NEXT}$`)
        : new RegExp(`^${reason}.*; ${advice}${NEXT}$`);

    test("pushes with TLS and the right credentials", async () => {
      expect(await logged("https", "secure", { ...trust(), ...right })).toBe("");
    });

    test("pushes without TLS where none is spoken", async () => {
      expect(await logged("http", "plain", right)).toBe("");
    });

    test.each([
      ["an authority that it was not told of", () => ({})],
      ["another authority", trustAnother],
    ])("names the variable for the certificate of %s", async (_, trusted) => {
      expect(await logged("https", "secure", { ...trusted(), ...right })).toMatch(
        failed(
          "unable to verify the first certificate",
          "name its authority in NODE_EXTRA_CA_CERTS",
        ),
      );
    });

    test("asks to renew a certificate that has expired", async () => {
      expect(await logged("https", "expired", { ...trust(), ...right })).toMatch(
        failed("certificate has expired", "renew it"),
      );
    });

    test("shows the names of a certificate for another host", async () => {
      expect(await logged("https", "elsewhere", { ...trust(), ...right })).toMatch(
        failed(
          "Hostname/IP does not match certificate's altnames: .*127\\.0\\.0\\.1",
          "use one of these names in PUSHGATEWAY_URL",
        ),
      );
    });

    test("asks for http:// if no TLS is spoken", async () => {
      expect(await logged("https", "plain", { ...trust(), ...right })).toMatch(
        failed(
          isFetch ? "wrong version number" : "TLS failed: wrong version number",
          "use http:// in PUSHGATEWAY_URL, or a port that speaks TLS",
        ),
      );
    });

    test("asks for https:// if TLS is spoken", async () => {
      expect(await logged("http", "secure", right)).toBe(
        `HTTP 400: ${isHttps}; use https:// in PUSHGATEWAY_URL`,
      );
    });

    test("asks to check the variables of wrong credentials", async () => {
      const names = "PUSHGATEWAY_BEARER_TOKEN" in wrong ? "PUSHGATEWAY_BEARER_TOKEN" : BOTH;
      expect(await logged("https", "secure", { ...trust(), ...wrong })).toBe(
        `HTTP 401: ${unauthorized}; check ${names}`,
      );
    });

    test("asks to set variables if no credentials were sent", async () => {
      expect(await logged("https", "secure", trust())).toBe(
        `HTTP 401: ${unauthorized}; set ${BOTH}, or PUSHGATEWAY_BEARER_TOKEN`,
      );
    });
  });
});
