import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { readBlocks } from "../../readme/blocks.js";
import {
  composeFile,
  type ComposeProject,
  composeProject,
  type ComposeService,
} from "./compose-project.js";

const names = ["aggregator", "grafana", "prometheus", "pushgateway"];
const folder = dirname(composeFile);
const infra = fileURLToPath(new URL("../../../infra/", import.meta.url));
let project: ComposeProject;
const service = (name: string): ComposeService => project.services[name]!;

// The first run fetches Docker Compose.
beforeAll(async () => {
  project = await composeProject();
}, 120_000);

describe("Docker Compose", () => {
  test("takes the file, with its four services", () => {
    expect(Object.keys(project.services).toSorted()).toEqual(names);
  });

  test.each([
    ["a field that it does not know", "mem_limit:", "memory_limit:", /memory_limit/],
    ["a secret that nobody defines", "secrets: [bearer-token]", "secrets: [token]", /token/],
    ["a network that nobody defines", "networks: [dashboards]", "networks: [boards]", /boards/],
  ])("would refuse %s", async (_, right, wrong, reason) => {
    const copies = await mkdtemp(join(tmpdir(), "prefreeze-compose-"));
    onTestFinished(() => rm(copies, { recursive: true }));
    const text = await readFile(composeFile, "utf8");
    const file = join(copies, "compose.yaml");
    await writeFile(file, text.replace(right, wrong));
    await expect(composeProject(file)).rejects.toThrow(reason);
  });
});

describe.each(names)("%s", (name) => {
  test("publishes its port on loopback, or none", () => {
    for (const { host_ip, published, target } of service(name).ports ?? []) {
      expect(host_ip).toBe("127.0.0.1");
      expect(Number(published)).toBe(target);
    }
  });

  test("restarts, is limited, and may change nothing but its volumes", () => {
    expect(service(name)).toMatchObject({
      restart: "unless-stopped",
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      mem_limit: expect.stringMatching(/^\d+$/) as string,
    });
    for (const { type, read_only } of service(name).volumes ?? [])
      if (type === "bind") expect(read_only).toBe(true);
  });

  test("has an image of an exact version", async () => {
    if (name === "aggregator") {
      const dockerfile = await readFile(join(folder, "aggregator.Dockerfile"), "utf8");
      expect(dockerfile).toMatch(/^FROM node:\d+\.\d+\.\d+-/m);
      expect(dockerfile).toMatch(/^ARG PREFREEZE_VERSION=\d+\.\d+\.\d+/m);
    } else expect(service(name).image).toMatch(/:v?\d+\.\d+\.\d+$/);
  });

  test("has a check of its health at a port that it listens on", () => {
    const { command, healthcheck, ports } = service(name);
    const [, port = ""] = /127\.0\.0\.1:(\d+)\//.exec(healthcheck.test.join(" "))!;
    const listens = command?.find((flag) => /listen/.test(flag)) ?? `:${ports![0]!.target}`;
    expect(listens).toMatch(new RegExp(`:${port}$`));
  });
});

test("the gateway is reached by the aggregator and Prometheus alone, and reaches nothing", () => {
  expect(service("pushgateway").ports).toBeUndefined();
  expect(Object.keys(service("pushgateway").networks)).toEqual(["totals"]);
  expect(project.networks["totals"]!.internal).toBe(true);
  const members = names.filter((name) => "totals" in service(name).networks);
  expect(members).toEqual(["aggregator", "prometheus", "pushgateway"]);
});

test("what is mounted from the repository is there", () => {
  const binds = names.flatMap((name) => service(name).volumes ?? []).filter(isBind);
  expect(binds.map(({ source }) => source.slice(infra.length)).toSorted()).toEqual([
    "compose/grafana-datasource.yaml",
    "compose/prometheus.yml",
    "grafana/dashboards/function.json",
    "grafana/dashboards/machines.json",
    "grafana/dashboards/overview.json",
    "grafana/provisioning/dashboards",
    "prometheus/rules",
  ]);
  for (const { source } of binds) expect(existsSync(source), source).toBe(true);
});

const isBind = ({ type }: { readonly type: string }) => type === "bind";

test("secrets are files that git ignores, and no command line or variable has one", async () => {
  const files = Object.values(project.secrets).map(({ file }) => file.slice(folder.length + 1));
  expect(files).toEqual(["secrets/bearer-token", "secrets/grafana-password"]);
  const ignored = await new Promise<string>((resolve) =>
    execFile("git", ["check-ignore", ...files], { cwd: folder }, (_, stdout) => resolve(stdout)),
  );
  expect(ignored.trim().split("\n")).toEqual(files);
  for (const name of names)
    for (const [variable, value] of Object.entries(service(name).environment ?? {}))
      if (/PASSWORD|TOKEN/.test(variable)) expect(value).toMatch(/^\/run\/secrets\//);
});

test("the guide's commands make the secrets, for their owner's folder alone", async () => {
  const copy = await mkdtemp(join(tmpdir(), "prefreeze-secrets-"));
  onTestFinished(() => rm(copy, { recursive: true }));
  await mkdir(join(copy, "infra/compose/secrets"), { recursive: true });
  const guide = join(folder, "README.md");
  const block = (await readBlocks(guide)).find(({ name }) => name === "secrets");
  await promisify(execFile)("bash", ["-euo", "pipefail", "-c", block!.text], { cwd: copy });
  const at = (path: string) => join(copy, "infra/compose/secrets", path);
  const mode = async (path: string) => ((await stat(at(path))).mode & 0o777).toString(8);
  expect([await mode(""), await mode("bearer-token")]).toEqual(["700", "444"]);
  expect(await readFile(at("bearer-token"), "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  expect(await readFile(at("grafana-password"), "utf8")).toMatch(/^[0-9a-f]{32}\n$/);
});

test("prometheus.yml is the shipped one, with the addresses of the services", async () => {
  interface Configuration {
    readonly scrape_configs: {
      readonly job_name: string;
      authorization?: { credentials_file: string };
      readonly static_configs: { targets: string[] }[];
    }[];
  }
  const read = async (path: string) =>
    parse(await readFile(join(infra, path), "utf8")) as Configuration;
  const shipped = await read("prometheus/prometheus.yml");
  for (const job of shipped.scrape_configs) {
    if (job.authorization) job.authorization.credentials_file = "/run/secrets/bearer-token";
    if (job.job_name === "prometheus") continue;
    for (const group of job.static_configs)
      group.targets = group.targets.map((target) => target.replace("127.0.0.1", job.job_name));
  }
  expect(await read("compose/prometheus.yml")).toEqual(shipped);
  const targets = shipped.scrape_configs.flatMap(
    ({ static_configs }) => static_configs[0]!.targets,
  );
  expect(targets).toEqual(["pushgateway:9091", "aggregator:9092", "127.0.0.1:9090"]);
});

test("Grafana's data source is the shipped one, with the address of Prometheus", async () => {
  interface DataSources {
    readonly datasources: { url: string }[];
  }
  const read = async (path: string) =>
    parse(await readFile(join(infra, path), "utf8")) as DataSources;
  const shipped = await read("grafana/provisioning/datasources/prometheus.yaml");
  for (const source of shipped.datasources)
    source.url = source.url.replace("127.0.0.1", "prometheus");
  expect(await read("compose/grafana-datasource.yaml")).toEqual(shipped);
});

test("dashboards are mounted where Grafana looks for them", async () => {
  const provider = parse(
    await readFile(join(infra, "grafana/provisioning/dashboards/prefreeze.yaml"), "utf8"),
  ) as { readonly providers: { readonly options: { readonly path: string } }[] };
  const mounted = service("grafana").volumes!.filter(({ source }) => source.endsWith(".json"));
  for (const { target } of mounted)
    expect(dirname(target)).toBe(provider.providers[0]!.options.path);
});
