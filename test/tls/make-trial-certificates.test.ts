import { execFile, type ExecFileException } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

const script = fileURLToPath(
  new URL("../../infra/tls/make-trial-certificates.sh", import.meta.url),
);
const DAY_MS = 86_400_000;
let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "prefreeze-trial-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  folder = join(parent, "certificates");
});

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(words: readonly string[], env = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    const ended = (error: ExecFileException | null, stdout: string, stderr: string) =>
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    execFile(script, words, { cwd: parent, env }, ended);
  });
}

async function certificate(name: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(folder, name)));
}

test("makes an authority, and certificates that it signed for each name", async () => {
  const { exitCode, stdout, stderr } = await run([
    folder,
    "gateway.internal",
    "10.0.0.5",
    "fd00::5",
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain("for a trial");
  const ca = await certificate("ca.pem");
  expect(ca.ca).toBe(true);
  for (const server of ["pushgateway", "aggregator"]) {
    const made = await certificate(`${server}.pem`);
    expect(made.verify(ca.publicKey)).toBe(true);
    expect(made.checkIssued(ca)).toBe(true);
    expect(made.ca).toBe(false);
    for (const host of ["gateway.internal", "localhost"]) expect(made.checkHost(host)).toBe(host);
    for (const ip of ["10.0.0.5", "127.0.0.1"]) expect(made.checkIP(ip)).toBe(ip);
    expect(made.subjectAltName).toContain("IP Address:FD00:0:0:0:0:0:0:5");
    expect(made.checkHost("other.internal")).toBeUndefined();
    const key = await readFile(join(folder, `${server}-key.pem`), "utf8");
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  }
  expect((await certificate("aggregator.pem")).serialNumber).not.toBe(
    (await certificate("pushgateway.pem")).serialNumber,
  );
});

test("lets nobody but their owner read keys, whatever the umask, and leaves nothing else", async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  await run([folder, "gateway.internal"]);
  const modes = Object.fromEntries(
    await Promise.all(
      (await readdir(folder)).map(async (name) => {
        const { mode } = await stat(join(folder, name));
        return [name, (mode & 0o777).toString(8)] as const;
      }),
    ),
  );
  expect(modes).toEqual({
    "aggregator-key.pem": "600",
    "aggregator.pem": "644",
    "ca-key.pem": "600",
    "ca.pem": "644",
    "pushgateway-key.pem": "600",
    "pushgateway.pem": "644",
  });
  expect(await readdir(parent)).toEqual(["certificates"]);
});

test.each([
  { words: [], days: 30 },
  { words: ["--days", "1"], days: 1 },
  { words: ["--days", "397"], days: 397 },
])("they expire after $days days, and the script says when", async ({ words, days }) => {
  const { stdout } = await run([...words, folder, "gateway.internal"]);
  for (const name of ["ca.pem", "pushgateway.pem", "aggregator.pem"]) {
    const { validTo } = await certificate(name);
    expect(Date.parse(validTo) - Date.now()).toBeLessThanOrEqual(days * DAY_MS);
    expect(Date.parse(validTo) - Date.now()).toBeGreaterThan(days * DAY_MS - 600_000);
  }
  expect(stdout).toContain((await certificate("ca.pem")).validTo);
});

describe("refuses, with one reason, and changes nothing,", () => {
  async function expectRefusal(words: readonly string[], reason: string): Promise<void> {
    const before = await readdir(parent);
    const { exitCode, stdout, stderr } = await run(words);
    expect(stderr).toBe(`make-trial-certificates.sh: ${reason}\n`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(await readdir(parent)).toEqual(before);
  }

  test("a folder that exists, be it empty or a link to nothing", async () => {
    await mkdir(folder);
    const refusal = (path: string) =>
      `${path} exists already: name a new folder, or remove this one first`;
    await expectRefusal([folder, "gateway.internal"], refusal(folder));
    const link = join(parent, "link");
    await symlink(join(parent, "nothing"), link);
    await expectRefusal([link, "gateway.internal"], refusal(link));
  });

  test.each(["", "a,DNS:evil", "a b", "a/CN=b", "é.example", "a\nb", "$(id)", "'"])(
    "the name %j",
    async (name) => {
      await expectRefusal([folder, name], `${name} is neither a host name nor an IP address`);
    },
  );

  test.each(["0", "398", "-1", "1.5", "", "x", "99999999999999999999"])(
    "a life of %j days",
    async (days) => {
      const words = ["--days", days, folder, "gateway.internal"];
      await expectRefusal(words, "--days is a whole number from 1 to 397");
    },
  );

  test.each([[[]], [["certificates"]], [["--days", "3"]]])("the words %j", async (words) => {
    await expectRefusal(words, "name a folder, and the names of the server: see --help");
  });

  test("an option that it does not have", async () => {
    await expectRefusal(["--force", folder, "a"], "there is no option --force: see --help");
  });
});

test("leaves nothing if openssl fails, and shows its reason", async () => {
  const { exitCode, stderr } = await run([folder, "1.2.3.4.5"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("openssl x509 failed");
  expect(await readdir(parent)).toEqual([]);
});

test("says so if openssl is missing", async () => {
  const tools = join(parent, "bin");
  await mkdir(tools);
  await chmod(tools, 0o755);
  await symlink("/bin/sh", join(tools, "sh"));
  const { stderr } = await run([folder, "gateway.internal"], { PATH: tools });
  expect(stderr).toContain("openssl is missing");
});

test("prints its help", async () => {
  const { exitCode, stdout } = await run(["--help"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Usage: make-trial-certificates\.sh .*\n/);
});
