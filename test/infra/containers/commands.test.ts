import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownPort } from "../../loopback/own-port.js";
import { foundGateways } from "../../pushgateway/gateways.mjs";
import { foundPrograms } from "../../pushgateway/programs.mjs";
import { type ListeningProgram, listeningProgram } from "../../tls/listening-program.js";
import { composeProject } from "./compose-project.js";
import { workload } from "./kubernetes-manifests.js";

// No container runs here. The programs of the images run with exactly the flags of the manifests, except that names of
// services are loopback, ports are free ones, and paths are below a folder of the test.
const TOKEN = "token-of-the-manifests";
const infra = fileURLToPath(new URL("../../../infra/", import.meta.url));
const cli = fileURLToPath(new URL("../../../packages/cli/bin/prefreeze.js", import.meta.url));

/** One set-up, as its manifests have it. */
interface SetUp {
  readonly commandOf: (name: string) => Promise<readonly string[]>;
  readonly hasPrometheus: boolean;
}

const setUps: Readonly<Record<string, SetUp>> = {
  "compose.yaml": {
    commandOf: async (name) => (await composeProject()).services[name]!.command,
    hasPrometheus: true,
  },
  kubernetes: {
    commandOf: async (name) => (await workload(name)).spec.template.spec.containers[0]!.args,
    hasPrometheus: false,
  },
};

/** The flags of the units, in one form. */
async function unitFlags(path: string): Promise<string[]> {
  const text = await readFile(join(infra, path), "utf8");
  const [, line = ""] = /^ExecStart=(\/.*(?:\n {4}.*)*)/m.exec(text)!;
  const [, ...flags] = line.replaceAll(/\\\n\s+/g, "").split(/ (?=--)/);
  return flags.map((flag) => flag.replace(/^(--[\w.-]+) /, "$1=").trim());
}

describe.each(Object.keys(setUps))("the programs of %s", (title) => {
  const { commandOf, hasPrometheus } = setUps[title]!;
  let folder: string;
  const ports = { pushgateway: 0, aggregator: 0, prometheus: 0 };
  const programs: ListeningProgram[] = [];

  /** The flags or the text with this test's addresses and paths. */
  const here = (text: string): string =>
    text
      .replaceAll("pushgateway:9091", `127.0.0.1:${ports.pushgateway}`)
      .replaceAll("aggregator:9092", `127.0.0.1:${ports.aggregator}`)
      .replaceAll(/(?:0\.0\.0\.0|127\.0\.0\.1)?:909(\d)/g, (_, digit: string) => {
        const port = [ports.prometheus, ports.pushgateway, ports.aggregator][Number(digit)]!;
        return `127.0.0.1:${port}`;
      })
      .replaceAll(/(?<=[= ])(\/(?:var|etc|run|prometheus)\b)/g, `${folder}$1`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "prefreeze-containers-"));
    for (const path of ["var/lib/prefreeze-aggregator", "etc/prefreeze", "run/secrets"])
      await mkdir(join(folder, path), { recursive: true });
    for (const path of ["run/secrets/bearer-token", "etc/prefreeze/bearer-token"])
      await writeFile(join(folder, path), `${TOKEN}\n`);
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await ownPort();

    const gateway = (await foundGateways()).at(-1)!;
    const flags = (await commandOf("pushgateway")).map(here);
    programs.push(await listeningProgram([gateway.path, ...flags], ports.pushgateway));
    const words = (await commandOf("aggregator")).map(here);
    // An image that can only be read has no other folder to write to.
    const nowhere = { HOME: "/nonexistent", TMPDIR: "/nonexistent" };
    programs.push(
      await listeningProgram([process.execPath, cli, ...words], ports.aggregator, nowhere),
    );
    if (hasPrometheus) await startPrometheus();
  }, 120_000);

  afterAll(async () => {
    await Promise.all(programs.map((program) => program.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  async function startPrometheus(): Promise<void> {
    const target = join(folder, "etc/prometheus");
    await mkdir(target);
    await cp(join(infra, "prometheus/rules"), join(target, "rules"), { recursive: true });
    const text = await readFile(join(infra, "compose/prometheus.yml"), "utf8");
    await writeFile(
      join(target, "prometheus.yml"),
      here(text)
        .replaceAll("_interval: 15s", "_interval: 1s")
        .replace("timeout: 10s", "timeout: 1s"),
    );
    const prometheus = (await foundPrograms("prometheus")).at(-1)!;
    const flags = (await commandOf("prometheus")).map(here);
    programs.push(await listeningProgram([prometheus.path, ...flags], ports.prometheus));
  }

  async function push(token: string): Promise<number> {
    const url = `http://127.0.0.1:${ports.aggregator}/metrics/job/shop/instance/a-1`;
    const body =
      "# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total 3\n# HELP prefreeze_snapshot_sequence Sequence.\n# TYPE prefreeze_snapshot_sequence gauge\nprefreeze_snapshot_sequence 1\n";
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(url, { method: "PUT", headers, body })).status;
  }

  test("take a push with the token of the secret, which reaches the gateway", async () => {
    expect(await push("another")).toBe(401);
    expect(await push(TOKEN)).toBe(200);
    const metrics = async () =>
      (await fetch(`http://127.0.0.1:${ports.pushgateway}/metrics`)).text();
    // A series that is new shows 0 for half a minute.
    await expect.poll(metrics).toMatch(/^orders_total\{.*job="shop"\} [03]$/m);
  });

  test.each(["pushgateway", "aggregator"] as const)(
    "answer where the probes of %s look",
    async (name) => {
      for (const path of ["/-/ready", "/-/healthy"])
        expect((await fetch(`http://127.0.0.1:${ports[name]}${path}`)).status, path).toBe(200);
    },
  );

  test("have the flags of the systemd units, but for addresses and paths", async () => {
    const isOwn = (flag: string) =>
      !/^--(web\.)?listen|^--(state|bearer-token-file|pushgateway)=/.test(flag);
    const gateway = await unitFlags("pushgateway/pushgateway.service.d/behind-aggregator.conf");
    expect((await commandOf("pushgateway")).filter(isOwn)).toEqual(gateway.filter(isOwn));
    const names = (flags: readonly string[]) =>
      flags.map((flag) => flag.replace(/=.*/, "")).toSorted();
    const [, ...flags] = await commandOf("aggregator");
    expect(names(flags)).toEqual(names(await unitFlags("aggregator/aggregator.service")));
  });

  test.each(hasPrometheus ? ["Prometheus"] : [])(
    "are all scraped by Prometheus, with the totals",
    async () => {
      const query = async (text: string) => {
        const url = `http://127.0.0.1:${ports.prometheus}/api/v1/query?query=${encodeURIComponent(text)}`;
        const { data } = (await (await fetch(url)).json()) as {
          data: { result: { metric: Record<string, string>; value: [number, string] }[] };
        };
        return data.result.map(({ metric, value }) => `${metric["job"]} ${value[1]}`).toSorted();
      };
      await expect
        .poll(() => query("up"), { timeout: 20_000 })
        .toEqual(["aggregator 1", "prometheus 1", "pushgateway 1"]);
      await expect
        .poll(() => query("orders_total"), { timeout: 20_000 })
        .toEqual([expect.stringMatching(/^shop [03]$/) as string]);
      expect(await query("prefreeze_aggregator_gateway_up")).toEqual(["aggregator 1"]);
    },
  );

  test.each(hasPrometheus ? ["Prometheus"] : [])(
    "are told healthy by the aggregator's check, while they are",
    async () => {
      const { healthcheck } = (await composeProject()).services["aggregator"]!;
      const [, program, ...words] = healthcheck.test;
      expect(program).toBe("node");
      const check = (port: number) =>
        new Promise<number>((resolve) => {
          const at = words.map((word) => word.replace("9092", String(port)));
          const child = execFile(process.execPath, at, () => resolve(child.exitCode!));
        });
      expect(await check(ports.aggregator)).toBe(0);
      expect(await check(await ownPort())).toBe(1);
    },
  );
});
