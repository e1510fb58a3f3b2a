import { appendFile, chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { differences, filesOf } from "./files-of.js";
import { type Machine, startMachine } from "./machine.js";
import { packPrefreeze, type PrefreezePackages } from "./prefreeze-packages.js";

const inContinuousIntegration = !["", "0", "false"].includes(process.env["CI"] ?? "");
// Mounts and namespaces need root. In CI, these tests have to run.
const canRun = process.getuid?.() === 0 || inContinuousIntegration;
const script = "/opt/repository/infra/install.sh";
const SUITE = process.env["MACHINE_SUITE"] || "trixie";
const HTTP_OK = `fetch(process.argv[1]).then(async (answer) => console.log(await answer.text()))`;

let packages: PrefreezePackages;

beforeAll(async () => {
  if (!canRun) return;
  packages = await packPrefreeze();
}, 120_000);

afterAll(async () => {
  await packages?.remove();
});

async function start(options: { readonly systemd?: boolean } = {}): Promise<Machine> {
  return await startMachine({ suite: SUITE, npmCache: packages.folder, ...options });
}

/** Runs install.sh with Node.js and the packages of this repository, since npm cannot be reached there. */
async function install(machine: Machine, ...options: readonly string[]) {
  const tarballs = packages.tarballs.flatMap((name) => ["--tarball", `/opt/npm-cache/${name}`]);
  return await machine.run([script, "--node", "/opt/node/bin/node", ...tarballs, ...options], {
    environment: packages.npmSettings("/opt/npm-cache"),
  });
}

const unattended = (machine: Machine, ...options: readonly string[]) =>
  machine.run([script, ...options]);

async function query(machine: Machine, promql: string): Promise<unknown> {
  const url = `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(promql)}`;
  const { stdout } = await machine.run(["/opt/node/bin/node", "-e", HTTP_OK, url]);
  const { data } = JSON.parse(stdout) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ ...metric, value: Number(value[1]) }));
}

/** `127.0.0.1:9091 pushgateway` and so on, of everything that listens. */
async function listeners(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run(["ss", "-Hltnp"]);
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, , , address] = line.trim().split(/\s+/);
      return `${address} ${/users:\(\("([^"]+)"/.exec(line)?.[1]}`;
    })
    .toSorted();
}

describe.runIf(canRun)("install.sh on a Debian with systemd", { timeout: 120_000 }, () => {
  let machine: Machine;
  let empty: Map<string, string>;
  let installed: Map<string, string>;
  let printed: string;
  beforeAll(async () => {
    machine = await start();
    empty = await filesOf(machine.root);
  }, 600_000);
  afterAll(async () => {
    await machine?.stop();
  });

  test("is told what it would do, and changes nothing, with --dry-run", async () => {
    const { exitCode, stdout } = await install(machine, "--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "apt-get install --no-install-recommends prometheus-pushgateway prometheus\n",
    );
    expect(stdout).toContain("would write: /etc/systemd/system/prefreeze-aggregator.service\n");
    expect(stdout).toContain("would make a token: /etc/prefreeze/bearer-token\n");
    expect(stdout).toMatch(/Nothing was changed\.\n$/);
    expect(differences(empty, await filesOf(machine.root))).toEqual([]);
  });

  test.each([
    [
      ["--listen", "0.0.0.0:9092"],
      "--listen 0.0.0.0:9092 is beyond this machine, and without TLS everybody on the way can read the token: give --tls-cert and --tls-key, or --insecure-listen if the network is yours",
    ],
    [
      ["--listen", "9092"],
      "--listen takes a host and a port, as in 127.0.0.1:9092, 0.0.0.0:443 or [::]:443",
    ],
    [
      ["--listen", "127.0.0.1:9092\nExecStartPre=/bin/sh"],
      "--listen needs a value of printable characters",
    ],
    [
      ["--listen", "$(reboot):9092"],
      "--listen takes a host and a port, as in 127.0.0.1:9092, 0.0.0.0:443 or [::]:443",
    ],
    [
      ["--listen", "127.0.0.1:9091"],
      "aggregator, Pushgateway and Prometheus need a port each: 9091, 9091 and 9090 are not three",
    ],
    [["--pushgateway-port", "80"], "--pushgateway-port takes a port from 1024 to 65535"],
    [
      ["--prometheus-port", "99999999999999999999"],
      "--prometheus-port takes a port from 1024 to 65535",
    ],
    [["--tls-cert", "/etc/hostname"], "give --tls-cert and --tls-key together"],
    [
      ["--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.pem"],
      "--tls-cert: /nowhere.pem does not exist",
    ],
    [
      ["--tls-cert", "/a b.pem", "--tls-key", "/k.pem"],
      "--tls-cert: units of systemd take paths of letters, digits and ./_@+- only",
    ],
    [["--tarball", "/nowhere.tgz"], "--tarball: /nowhere.tgz does not exist"],
    [["--prefreeze", "1; reboot"], "--prefreeze takes a version, as in 0.1.0 or latest"],
    [["--pushgateway", "/etc/passwd"], "--pushgateway: /etc/passwd is no program"],
    [
      ["--prometheus", "/root/prometheus"],
      "--prometheus: /root/prometheus is where services may not look: put it into /opt or /usr/local",
    ],
    [["--without", "pushgateway"], "--without takes aggregator or prometheus, not pushgateway"],
    [["--listen"], "--listen needs a value. See: install.sh --help"],
    [["--porge"], "--porge is no option. See: install.sh --help"],
  ])("refuses %j with one line, and changes nothing", async (options, message) => {
    expect(await unattended(machine, ...options)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `install.sh: ${message}\n`,
    });
  });

  test("says what to do about an old Node.js, one that services may not read, and none", async () => {
    const old = "/usr/local/bin/old-node";
    // A stand-in for the Node.js of Debian 12.
    await writeFile(join(machine.root, old), "#!/bin/sh\necho 18.20.4\n");
    await chmod(join(machine.root, old), 0o755);
    onTestFinished(() => rm(join(machine.root, old)));
    const { exitCode, stderr } = await unattended(machine, "--node", old);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "Node.js 18.20.4 (/usr/local/bin/old-node) is too old: 20.16, or 22.3 or newer, is needed.",
    );

    const { stderr: none } = await unattended(machine);
    expect(none).toContain("Node.js is missing: install Node.js 20.16, or 22.3 or newer, with npm");
    expect(differences(empty, await filesOf(machine.root))).toEqual([`+${old}`]);
  });

  test("needs root, but not to say what it would do", async () => {
    const nobody = ["setpriv", "--reuid=65534", "--clear-groups"];
    expect(await machine.run([...nobody, script])).toMatchObject({
      exitCode: 1,
      stderr:
        "install.sh: this needs root: run it with sudo, or with --dry-run to see what it would do\n",
    });
    const { exitCode } = await machine.run([
      ...nobody,
      script,
      "--dry-run",
      "--without",
      "aggregator",
    ]);
    expect(exitCode).toBe(0);
  });

  test("fetches nothing with --offline, and says what is missing", async () => {
    expect(await unattended(machine, "--offline", "--without", "aggregator")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "install.sh: the package prometheus-pushgateway is not installed, and --offline fetches nothing: install it, or give the program with --pushgateway\n",
    });
    expect(differences(empty, await filesOf(machine.root))).toEqual([]);
  });

  test("names the program that has a port", async () => {
    const taken = machine.run([
      "timeout",
      "120",
      "/opt/node/bin/node",
      "-e",
      "require('net').createServer().listen(9090)",
    ]);
    await vi.waitFor(async () => expect(await listeners(machine)).toHaveLength(1), 60_000);
    const { exitCode, stderr } = await install(machine);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^install\.sh: port 9090 is in use by node \(process \d+\): stop that, or choose another port with --prometheus-port\n$/,
    );
    await machine.run(["sh", "-c", "kill $(ss -Hltnp | sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p')"]);
    await taken;
    expect(differences(empty, await filesOf(machine.root))).toEqual([]);
  });

  test("installs services that are ready, listen on loopback, and tells their versions", async () => {
    const { exitCode, stdout, stderr } = await install(machine);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    printed = stdout;
    installed = await filesOf(machine.root);
    expect(await listeners(machine)).toEqual([
      "127.0.0.1:9090 prometheus",
      "127.0.0.1:9091 pushgateway",
      expect.stringMatching(/^127\.0\.0\.1:9092 /),
    ]);
    expect(stdout).toMatch(
      /^Pushgateway +\d+\.\d+\.\d+ +http:\/\/127\.0\.0\.1:9091 +this machine only$/m,
    );
    expect(stdout).toMatch(
      /^aggregator +0\.\d+\.\d+, Node\.js \d+\.\d+\.\d+ +http:\/\/127\.0\.0\.1:9092 +this machine only$/m,
    );
    expect(stdout).toMatch(
      /^Prometheus +\d+\.\d+\.\d+ +http:\/\/127\.0\.0\.1:9090 +this machine only$/m,
    );
    const faults = {
      trixie: "1.11.0 closes the connection",
      bookworm: "1.5.1 stores the first half",
    };
    expect(stdout).toContain(`Pushgateway ${faults[SUITE as keyof typeof faults]}`);
  });

  test("keeps the token to root, and prints it nowhere", async () => {
    const file = join(machine.root, "etc/prefreeze/bearer-token");
    const token = (await readFile(file, "utf8")).trim();
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { stdout: journal } = await machine.run(["journalctl", "--no-pager", "-o", "cat"]);
    const { stdout: processes } = await machine.run(["sh", "-c", "cat /proc/[0-9]*/cmdline"]);
    expect(processes).toContain("aggregate");
    for (const text of [printed, journal, processes]) expect(text).not.toContain(token);
  });

  test("takes what a function counts, and nothing without the token", async () => {
    const token = (await readFile(join(machine.root, "etc/prefreeze/bearer-token"), "utf8")).trim();
    await machine.run([
      "install",
      "-D",
      "/opt/repository/test/infra/machine/fixtures/function.mjs",
      "/tmp/function.mjs",
    ]);
    const environment = { PUSHGATEWAY_URL: "http://127.0.0.1:9092" };
    const served = await machine.run(["/opt/node/bin/node", "/tmp/function.mjs"], {
      environment: { ...environment, PUSHGATEWAY_BEARER_TOKEN: token },
    });
    expect(served.stderr).toBe("");
    const refused = await machine.run(["/opt/node/bin/node", "/tmp/function.mjs"], { environment });
    expect(refused.stderr).toContain("401");
  });

  test("changes and restarts nothing when it runs again", async () => {
    const started = () =>
      machine.run([
        "systemctl",
        "show",
        "--value",
        "-p",
        "ActiveEnterTimestampMonotonic",
        "prefreeze-*.service",
      ]);
    const before = await started();
    const { exitCode } = await install(machine);
    expect(exitCode).toBe(0);
    expect(differences(installed, await filesOf(machine.root))).toEqual([]);
    expect(await started()).toEqual(before);
    expect(before.stdout.trim().split(/\n+/)).toHaveLength(3);
  });

  test("makes up for the restart that an interrupted run had still to do, and for no other", async () => {
    const started = async (program: string) => {
      const property = "systemctl show --value -p ActiveEnterTimestampMonotonic";
      return (await machine.run([...property.split(" "), `prefreeze-${program}`])).stdout;
    };
    const before = [await started("prometheus"), await started("aggregator")];
    const record = join(machine.root, "etc/prefreeze/install-record");
    await appendFile(record, "changed prometheus yes\n");
    expect((await install(machine)).exitCode).toBe(0);
    expect(await started("prometheus")).not.toBe(before[0]);
    expect(await started("aggregator")).toBe(before[1]);
    expect(await readFile(record, "utf8")).not.toContain("changed");
  });

  test("has units that systemd accepts and rates as little exposed, and Debian's own services do not run", async () => {
    const units = ["prefreeze-aggregator", "prefreeze-pushgateway", "prefreeze-prometheus"];
    for (const unit of units) {
      expect(await machine.run(["systemd-analyze", "verify", `${unit}.service`])).toMatchObject({
        exitCode: 0,
        stderr: "",
      });
      const { stdout } = await machine.run([
        "systemd-analyze",
        "security",
        "--offline=true",
        `/etc/systemd/system/${unit}.service`,
      ]);
      const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
      expect(exposure).toBeLessThanOrEqual(2);
      // A user of its own: systemd gives a dynamic one an ID in this range.
      const { stdout: user } = await machine.run([
        "sh",
        "-c",
        `stat -c %u /proc/$(systemctl show --value -p MainPID ${unit})`,
      ]);
      expect(Number(user)).toBeGreaterThanOrEqual(61_184);
      expect(Number(user)).toBeLessThanOrEqual(65_519);
    }
    for (const unit of ["prometheus.service", "prometheus-pushgateway.service"]) {
      expect((await machine.run(["systemctl", "is-enabled", unit])).stdout.trim()).toBe("masked");
      expect((await machine.run(["systemctl", "is-active", unit])).stdout.trim()).toBe("inactive");
    }
  });

  test(
    "brings what the function has counted to Prometheus, through aggregator and gateway",
    { timeout: 180_000 },
    async () => {
      // A series that is new shows 0 for two scrapes.
      await vi.waitFor(
        async () =>
          expect(await query(machine, "sum by (job) (orders_total)")).toEqual([
            { job: "shop", value: 3 },
          ]),
        { timeout: 90_000, interval: 500 },
      );
      // A busy machine may fail a scrape, but not all of them.
      await vi.waitFor(async () => expect(await query(machine, "up == 0")).toEqual([]), {
        timeout: 60_000,
        interval: 500,
      });
    },
  );

  test("upgrades with the options of the first run, serves https on request, and keeps files that were changed here", async () => {
    const configuration = join(machine.root, "etc/prefreeze/prometheus/prometheus.yml");
    const ours = await readFile(configuration, "utf8");
    await writeFile(configuration, `${ours}# mine\n`);
    await machine.run([
      ..."openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=metrics.example".split(" "),
      ..."-keyout /etc/ssl/private/metrics.pem -out /etc/ssl/metrics.pem".split(" "),
    ]);
    onTestFinished(async () => {
      await machine.run(["rm", "/etc/ssl/private/metrics.pem", "/etc/ssl/metrics.pem"]);
    });
    const { exitCode, stdout, stderr } = await install(
      machine,
      ..."--listen 0.0.0.0:443 --tls-cert /etc/ssl/metrics.pem --tls-key /etc/ssl/private/metrics.pem".split(
        " ",
      ),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^aggregator .* https:\/\/0\.0\.0\.0:443 +OTHER MACHINES, TOO$/m);
    expect(stdout).toContain(
      "kept: /etc/prefreeze/prometheus/prometheus.yml, which was changed here; this version of it is /etc/prefreeze/prometheus/prometheus.yml.new\n",
    );
    expect(await readFile(configuration, "utf8")).toBe(`${ours}# mine\n`);
    expect((await listeners(machine)).map((line) => line.split(" ")[0])).toEqual([
      "0.0.0.0:443",
      "127.0.0.1:9090",
      "127.0.0.1:9091",
    ]);
    // Without the flags, it stays as it is.
    const { stdout: again } = await install(machine);
    expect(again).toMatch(/^aggregator .* https:\/\/0\.0\.0\.0:443 +OTHER MACHINES, TOO$/m);
  });

  test("leaves data, the token and changed files when it is uninstalled, and nothing with --purge", async () => {
    const told = await unattended(machine, "--uninstall", "--dry-run");
    expect(told.stdout).toContain(
      "would run: rm -f /etc/systemd/system/prefreeze-aggregator.service\n",
    );
    expect(await listeners(machine)).toHaveLength(3);

    const { exitCode, stdout, stderr } = await unattended(machine, "--uninstall");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(await listeners(machine)).toEqual([]);
    const left = [
      "/etc/prefreeze/bearer-token",
      "/etc/prefreeze/prometheus/prometheus.yml",
      "/var/lib/prefreeze-aggregator",
      "/var/lib/prefreeze-prometheus",
      "/var/lib/prefreeze-pushgateway",
    ];
    expect(differences(empty, await filesOf(machine.root))).toEqual(
      [...left, "/etc/prefreeze", "/etc/prefreeze/prometheus"].map((path) => `+${path}`).toSorted(),
    );
    for (const path of left) expect(stdout).toContain(`left: ${path}\n`);
    expect(
      (await machine.run(["sh", "-c", "dpkg -l | grep -E 'prometheus|promtool'"])).stdout,
    ).toBe("");

    expect((await unattended(machine, "--purge")).exitCode).toBe(0);
    expect(differences(empty, await filesOf(machine.root))).toEqual([]);
    expect(await unattended(machine, "--uninstall")).toMatchObject({
      exitCode: 1,
      stderr:
        "install.sh: nothing is installed here: /etc/prefreeze/install-record does not exist\n",
    });
  });

  test("leaves a Pushgateway of Debian's alone that runs already, and names it if it has the port", async () => {
    await machine.run("apt-get -q -y install prometheus-pushgateway".split(" "));
    const debians = async () =>
      (await machine.run(["systemctl", "is-active", "prometheus-pushgateway"])).stdout.trim();
    expect(await debians()).toBe("active");
    const alone = ["--without", "aggregator", "--without", "prometheus"];
    const { stderr } = await unattended(machine, ...alone);
    expect(stderr).toMatch(
      /^install\.sh: port 9091 is in use by prometheus-pushgateway \(process \d+, prometheus-pushgateway\.service\): stop that, or choose another port with --pushgateway-port\n$/,
    );

    const { exitCode, stdout } = await unattended(machine, ...alone, "--pushgateway-port", "9191");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "note: prometheus-pushgateway.service, which was here before, stays as it is.",
    );
    expect((await listeners(machine)).map((line) => line.split(" ")[0])).toEqual([
      "*:9091",
      "127.0.0.1:9191",
    ]);
    expect((await unattended(machine, "--uninstall")).exitCode).toBe(0);
    expect(await debians()).toBe("active");
  });
});

describe.runIf(canRun)("install.sh on a Debian without systemd", { timeout: 120_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await start({ systemd: false });
  }, 600_000);
  afterAll(async () => {
    await machine?.stop();
  });

  test("refuses another distribution", async () => {
    const file = join(machine.root, "usr/lib/os-release");
    const release = await readFile(file, "utf8");
    onTestFinished(() => writeFile(file, release));
    const refusal = async (text: string) => {
      await writeFile(file, text);
      return (await unattended(machine, "--dry-run")).stderr;
    };
    expect(await refusal('ID=fedora\nPRETTY_NAME="Fedora Linux 41"\n')).toBe(
      "install.sh: this is Fedora Linux 41, and this script is for Debian and Ubuntu: install by hand, see INSTALL.md\n",
    );
    expect(await refusal('ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11"\n')).toBe(
      "install.sh: this is Debian GNU/Linux 11, and debian 12 or newer is needed: upgrade it, or install by hand, see INSTALL.md\n",
    );
  });

  test("continues what was killed, installs files, and says that nothing was started", async () => {
    const empty = await filesOf(machine.root);
    // Killed with all that it runs while packages are installed: the first one is there.
    const { stdout: cut } = await machine.run([
      "sh",
      "-c",
      `setsid ${script} --without aggregator & until test -e /usr/bin/prometheus-pushgateway; do sleep 0.02; done; kill -KILL -$!`,
    ]);
    expect(cut).not.toContain("nothing was started");
    const { exitCode, stdout, stderr } = await unattended(machine, "--without", "aggregator");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /systemd does not run here: everything is installed, and nothing was started\.\n$/,
    );
    expect(stdout).toContain(
      "Functions push to the Pushgateway at http://127.0.0.1:9091. It has no authentication",
    );
    expect(await listeners(machine)).toEqual([]);
    const etc = (path: string) => readFile(join(machine.root, "etc", path), "utf8");
    expect(await etc("prefreeze/prometheus/prometheus.yml")).not.toMatch(
      /job_name: aggregator|rules\/aggregat/,
    );
    expect(await etc("systemd/system/prefreeze-prometheus.service")).not.toContain(
      "LoadCredential",
    );
    const check = [
      "/usr/bin/promtool",
      "check",
      "config",
      "/etc/prefreeze/prometheus/prometheus.yml",
    ];
    expect((await machine.run(check)).stdout).toContain("SUCCESS");

    expect((await unattended(machine, "--uninstall")).exitCode).toBe(0);
    expect(differences(empty, await filesOf(machine.root))).toEqual([]);
  });

  test("keeps addresses apart that other programs have by default, names links as they are given, and ignores root's umask", async () => {
    await machine.run(["ln", "-s", "/etc/hostname", "/etc/ssl/live.pem"]);
    onTestFinished(async () => void (await machine.run(["rm", "/etc/ssl/live.pem"])));
    const tarballs = packages.tarballs.map((name) => `--tarball '/opt/npm-cache/${name}'`);
    const options = `--node /opt/node/bin/node ${tarballs.join(" ")} --tls-cert /etc/ssl/live.pem --tls-key /etc/ssl/live.pem`;
    const ports = "--listen 127.0.0.1:9091 --pushgateway-port 9090 --prometheus-port 9092";
    const { exitCode, stderr } = await machine.run(
      ["sh", "-c", `umask 077 && ${script} ${options} ${ports}`],
      { environment: packages.npmSettings("/opt/npm-cache") },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });

    const unit = async (program: string) =>
      await readFile(join(machine.root, `etc/systemd/system/prefreeze-${program}.service`), "utf8");
    expect(await unit("aggregator")).toMatch(
      /--listen 127\.0\.0\.1:9091 [^]*--pushgateway http:\/\/127\.0\.0\.1:9090 /,
    );
    expect(await unit("aggregator")).toContain("\nLoadCredential=tls-cert:/etc/ssl/live.pem\n");
    expect(await unit("pushgateway")).toContain("--web.listen-address=127.0.0.1:9090 ");
    expect(await unit("prometheus")).toContain("--web.listen-address=127.0.0.1:9092\n");
    const configuration = await readFile(
      join(machine.root, "etc/prefreeze/prometheus/prometheus.yml"),
      "utf8",
    );
    expect(configuration.match(/127\.0\.0\.1:909\d(?="\]\n)/g)).toEqual([
      "127.0.0.1:9090",
      "127.0.0.1:9091",
      "127.0.0.1:9092",
    ]);
    const nobody = "setpriv --reuid=65534 --clear-groups /opt/prefreeze/bin/prefreeze --version";
    expect((await machine.run(nobody.split(" "))).exitCode).toBe(0);
    expect((await unattended(machine, "--purge")).exitCode).toBe(0);
  });

  test("removes neither what a removed package had left before, nor a unit that replaces its mask, nor a user that others have", async () => {
    await machine.run("apt-get -q -y install prometheus".split(" "));
    await machine.run("apt-get -q -y remove prometheus".split(" "));
    const mine = join(machine.root, "etc/prometheus/prometheus.yml");
    await writeFile(mine, "# mine\n");
    expect((await unattended(machine, "--without", "aggregator")).exitCode).toBe(0);

    const unit = join(machine.root, "etc/systemd/system/prometheus-pushgateway.service");
    await rm(unit);
    await writeFile(unit, "[Service]\nExecStart=/bin/true\n");
    expect((await unattended(machine, "--purge")).exitCode).toBe(0);
    expect(await readFile(mine, "utf8")).toBe("# mine\n");
    expect(await readFile(unit, "utf8")).toContain("/bin/true");
    const { stdout } = await machine.run(["getent", "passwd", "prometheus"]);
    expect(stdout).toMatch(/^prometheus:/);
  });
});
