import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const script = fileURLToPath(
  new URL("../../infra/tls/make-trial-certificates.sh", import.meta.url),
);

/** What the shipped script makes. */
export interface TrialCertificates {
  readonly folder: string;
  /** The path of the authority's certificate. */
  readonly ca: string;
  /** The path of a file of the folder. */
  path(name: string): string;
  /** The certificate and the key of one of the servers. */
  read(server: "pushgateway" | "aggregator"): Promise<{ cert: Buffer; key: Buffer }>;
  /** Makes `NAME.pem` and `NAME-key.pem`, signed by the same authority, whose last day is over. */
  expired(name: string): Promise<void>;
  /** Makes `NAME.pem` and `NAME-key.pem`, signed by the same authority, for this host name alone. */
  forName(name: string, host: string): Promise<void>;
  remove(): Promise<void>;
}

/** Runs `infra/tls/make-trial-certificates.sh` for this machine. */
export async function trialCertificates(): Promise<TrialCertificates> {
  const parent = await mkdtemp(join(tmpdir(), "prefreeze-tls-"));
  const folder = join(parent, "certificates");
  await run(script, [folder, "localhost"]);
  const path = (name: string) => join(folder, name);

  async function sign(name: string, names: string, dates: readonly string[]): Promise<void> {
    const config = `[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=${names}\n`;
    await writeFile(path("index"), "");
    await writeFile(path("ca.conf"), config);
    const openssl = (words: string) => run("openssl", words.split(" "), { cwd: folder });
    await openssl(
      `req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${name} -keyout ${name}-key.pem -out request`,
    );
    await openssl(
      `ca -batch -notext -config ca.conf -extensions e -cert ca.pem -keyfile ca-key.pem -in request -out ${name}.pem ${dates.join(" ")}`,
    );
  }

  return {
    folder,
    ca: path("ca.pem"),
    path,
    async read(server) {
      const [cert, key] = await Promise.all(
        [`${server}.pem`, `${server}-key.pem`].map((name) => readFile(path(name))),
      );
      return { cert: cert!, key: key! };
    },
    expired: (name) =>
      sign(name, "DNS:localhost,IP:127.0.0.1", [
        "-startdate 20240101000000Z",
        "-enddate 20240201000000Z",
      ]),
    forName: (name, host) => sign(name, `DNS:${host}`, ["-days 1"]),
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}
