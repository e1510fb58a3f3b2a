import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ownPort } from "../loopback/own-port.js";
import { findOrFetch } from "../pushgateway/fetch.mjs";
import { bcryptHash } from "./gateway-password.js";
import { getOverTls } from "./get-over-tls.js";
import { type ListeningProgram, listeningProgram } from "./listening-program.js";
import { type TrialCertificates, trialCertificates } from "./trial-certificates.js";

const PASSWORD = "geheim-5391-pw";
const cli = fileURLToPath(new URL("../../packages/cli/bin/prefreeze.js", import.meta.url));
const webConfig = new URL("../../infra/tls/web-config.yml", import.meta.url);
const right = { PUSHGATEWAY_USERNAME: "prefreeze", PUSHGATEWAY_PASSWORD: PASSWORD };

let certificates: TrialCertificates;
let gateway: ListeningProgram;
let port: number;

beforeAll(async () => {
  certificates = await trialCertificates();
  const shipped = await readFile(webConfig, "utf8");
  const file = certificates.path("web-config.yml");
  await writeFile(file, shipped.replace("REPLACE_WITH_BCRYPT_HASH", await bcryptHash(PASSWORD)));
  port = await ownPort();
  const flags = [`--web.listen-address=127.0.0.1:${port}`, `--web.config.file=${file}`];
  const program = await findOrFetch("pushgateway");
  gateway = await listeningProgram([program, ...flags, "--persistence.file="], port);
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await certificates.remove();
});

/** Starts `prefreeze aggregate` for the secure gateway, and pushes to it. */
async function aggregateTo(
  scheme: string,
  env: Readonly<Record<string, string>>,
): Promise<ListeningProgram> {
  const state = await mkdtemp(join(tmpdir(), "prefreeze-state-"));
  const own = await ownPort();
  const words = ["aggregate", "--state", state, "--listen", `127.0.0.1:${own}`];
  const intervals = ["--push-interval", "50ms", "--scrape-interval", "100ms"];
  const target = ["--pushgateway", `${scheme}://127.0.0.1:${port}`];
  const program = await listeningProgram(
    [process.execPath, cli, ...words, ...target, ...intervals],
    own,
    env,
  );
  onTestFinished(async () => {
    await program.stop();
    await rm(state, { recursive: true });
  });
  const { status } = await fetch(`http://127.0.0.1:${own}/metrics/job/shop/instance/a-1`, {
    method: "PUT",
    body: "# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total 3\n# HELP prefreeze_snapshot_sequence Sequence.\n# TYPE prefreeze_snapshot_sequence gauge\nprefreeze_snapshot_sequence 1\n",
  });
  expect(status).toBe(200);
  return program;
}

test("the aggregator brings totals to a gateway with TLS and a password", async () => {
  const { printed } = await aggregateTo("https", {
    NODE_EXTRA_CA_CERTS: certificates.ca,
    ...right,
  });
  const metrics = async () => {
    const url = `https://127.0.0.1:${port}/metrics`;
    return (await getOverTls(url, certificates.ca, `prefreeze:${PASSWORD}`)).body;
  };
  await expect.poll(metrics).toMatch(/^orders_total\{.*job="shop"\} 3$/m);
  expect(printed().trim().split("\n")).toHaveLength(1);
});

test.each([
  {
    title: "an authority that it was not told of",
    scheme: "https",
    env: () => right,
    says: /does not answer \(unable to verify the first certificate.*; name its authority in NODE_EXTRA_CA_CERTS\): totals are kept/,
  },
  {
    title: "a wrong password",
    scheme: "https",
    env: () => ({
      NODE_EXTRA_CA_CERTS: certificates.ca,
      PUSHGATEWAY_USERNAME: "prefreeze",
      PUSHGATEWAY_PASSWORD: "geheim-0000-pw",
    }),
    says: /was refused: HTTP 401: Unauthorized; check PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD\n/,
  },
  {
    title: "an address without TLS",
    scheme: "http",
    env: () => right,
    says: /was refused: HTTP 400: Client sent an HTTP request to an HTTPS server\.; use https:\/\/ in the pushgateway option\n/,
  },
])("the aggregator says what to do about $title, and no credential", async (each) => {
  const { prints, printed } = await aggregateTo(each.scheme, each.env());
  await prints(each.says);
  expect(printed()).not.toMatch(/geheim|cHJlZnJlZXpl/);
});
