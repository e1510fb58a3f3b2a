import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ownPort } from "../loopback/own-port.js";
import { foundGateways } from "../pushgateway/gateways.mjs";
import { readBlocks } from "../readme/blocks.js";
import { getOverTls } from "./get-over-tls.js";
import { htpasswd } from "./gateway-password.js";
import { type ListeningProgram, listeningProgram } from "./listening-program.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "packages/cli/bin/prefreeze.js");
const pushing = join(root, "test/tls/fixtures/push.mjs");
const guide = new URL("../../infra/tls/README.md", import.meta.url);

/** Stands for the root of a machine on which the guide's commands were run. */
let machine: string;
const at = (path: string) => join(machine, path);
const programs: ListeningProgram[] = [];

/** Runs the commands of one block of the guide, with `/etc` on this test's machine. */
async function runBlock(name: string): Promise<void> {
  const block = (await readBlocks(guide)).find((each) => each.name === name);
  const commands = block!.text.replaceAll("/etc/", `${machine}/etc/`);
  const { program, env } = await htpasswd();
  // Its libraries are not for the other programs.
  const here = at("bin/htpasswd");
  await mkdir(dirname(here), { recursive: true });
  await writeFile(
    here,
    `#!/bin/sh\nLD_LIBRARY_PATH='${env["LD_LIBRARY_PATH"]}' exec '${program}' "$@"\n`,
  );
  await chmod(here, 0o755);
  const PATH = `${at("bin")}:${process.env["PATH"]}`;
  await run("bash", ["-euo", "pipefail", "-c", commands], { cwd: machine, env: { PATH } });
}

/** The command of a unit or of its drop-in, with this machine's paths and port. */
async function commandOf(file: string, port: number, credentials: string): Promise<string[]> {
  const text = await readFile(file, "utf8");
  const [, line = ""] = /^ExecStart=(\/.*(?:\n {4}.*)*)/m.exec(text)!;
  return line
    .replaceAll(/\\\n\s+/g, "")
    .replaceAll(/\$\{CREDENTIALS_DIRECTORY\}|%d/g, at(credentials))
    .replaceAll("%S", at("var/lib"))
    .replaceAll("/var/lib/prefreeze-pushgateway", at("var/lib/prefreeze-pushgateway"))
    .replace(/(?<==|0\.0\.0\.0):909\d/, `:${port}`)
    .split(" ");
}

async function push(env: Readonly<Record<string, string>>): Promise<string> {
  const more = { PREFREEZE_ACTIVE: "1", NODE_EXTRA_CA_CERTS: at("certificates/ca.pem") };
  const words = [pushing, "httpTransport"];
  const { stdout, stderr } = await run(process.execPath, words, { env: { ...more, ...env } });
  return stdout + stderr;
}

/** The first line of a file. */
async function secret(path: string): Promise<string> {
  return (await readFile(at(path), "utf8")).trim();
}

beforeAll(async () => {
  machine = await mkdtemp(join(tmpdir(), "prefreeze-machine-"));
  await symlink(join(root, "infra"), at("infra"));
  for (const folder of [
    "var/lib/prefreeze-pushgateway",
    "var/lib/prefreeze-aggregator",
    "etc/prefreeze",
  ])
    await mkdir(at(folder), { recursive: true });
  for (const name of ["certificates", "pushgateway", "aggregator"]) await runBlock(name);
}, 120_000);

afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  await rm(machine, { recursive: true, force: true });
});

describe.each(await foundGateways())("Pushgateway $version", ({ path }) => {
  test("runs as the drop-in says, and takes a push with the password that was made", async () => {
    const port = await ownPort();
    const file = at("etc/systemd/system/prefreeze-pushgateway.service.d/tls.conf");
    const [, ...flags] = await commandOf(file, port, "etc/prefreeze/pushgateway");
    programs.push(await listeningProgram([path, ...flags], port));
    const PUSHGATEWAY_URL = `https://127.0.0.1:${port}`;
    const PUSHGATEWAY_PASSWORD = await secret("etc/prefreeze/pushgateway/password");
    const env = { PUSHGATEWAY_URL, PUSHGATEWAY_USERNAME: "prefreeze" };
    expect(await push({ ...env, PUSHGATEWAY_PASSWORD })).toBe("");
    expect(await push({ ...env, PUSHGATEWAY_PASSWORD: `${PUSHGATEWAY_PASSWORD}0` })).toContain(
      "HTTP 401",
    );
    // What the guide says of health checks.
    const ready = await getOverTls(`${PUSHGATEWAY_URL}/-/ready`, at("certificates/ca.pem"));
    expect(ready.status).toBe(401);
  });

  test("does not start with web-config.yml as shipped", async () => {
    const folder = await mkdtemp(join(tmpdir(), "prefreeze-shipped-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await cp(join(root, "infra/tls/web-config.yml"), join(folder, "web-config.yml"));
    for (const name of ["pushgateway.pem", "pushgateway-key.pem"])
      await cp(at(`certificates/${name}`), join(folder, name));
    const port = await ownPort();
    const flags = [
      `--web.listen-address=127.0.0.1:${port}`,
      `--web.config.file=${join(folder, "web-config.yml")}`,
    ];
    await expect(
      listeningProgram([path, ...flags, "--persistence.file="], port).then((program) => {
        programs.push(program);
      }),
    ).rejects.toThrow(/crypto\/bcrypt: hashedSecret too short/);
  });
});

test("the aggregator runs as the drop-in says, and takes a push with its token", async () => {
  const port = await ownPort();
  const file = at("etc/systemd/system/prefreeze-aggregator.service.d/tls.conf");
  await writeFile(at("etc/prefreeze/bearer-token"), "token-of-the-unit\n");
  const [, ...words] = await commandOf(file, port, "etc/prefreeze");
  programs.push(await listeningProgram([process.execPath, cli, ...words], port));
  const env = { PUSHGATEWAY_URL: `https://127.0.0.1:${port}` };
  expect(await push({ ...env, PUSHGATEWAY_BEARER_TOKEN: "token-of-the-unit" })).toBe("");
  expect(await push(env)).toContain("HTTP 401: this asks for a bearer token; set ");
});

describe.each(["pushgateway", "aggregator"])("the drop-in of %s", (name) => {
  const unit = join(root, `infra/${name}/${name}.service`);
  const dropIn = join(root, `infra/tls/prefreeze-${name}.service.d/tls.conf`);

  test("has every flag of the unit, but for the address", async () => {
    const flagsOf = async (file: string) => {
      const text = (await commandOf(file, 0, "credentials")).join(" ");
      return text.split(/ (?=--)/).filter((flag) => !/^--(web\.)?listen/.test(flag));
    };
    expect(await flagsOf(dropIn)).toEqual(expect.arrayContaining(await flagsOf(unit)));
  });

  test("is understood by systemd", async () => {
    const folder = await mkdtemp(join(tmpdir(), "prefreeze-unit-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    // systemd checks that the program exists.
    const copy = async (from: string, to: string) => {
      const text = await readFile(from, "utf8");
      await mkdir(dirname(join(folder, to)), { recursive: true });
      await writeFile(
        join(folder, to),
        text.replaceAll(/\/opt\/prefreeze\/bin\/\w+/g, "/bin/true"),
      );
    };
    await copy(unit, `prefreeze-${name}.service`);
    await copy(dropIn, `prefreeze-${name}.service.d/tls.conf`);
    const verified = await run("systemd-analyze", [
      "verify",
      join(folder, `prefreeze-${name}.service`),
    ]);
    expect(verified.stdout + verified.stderr).toBe("");
  });
});
