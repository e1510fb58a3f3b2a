import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { onPath } from "../../pushgateway/find.mjs";

const run = promisify(execFile);
const systemdAnalyze = onPath(["systemd-analyze"]);
const names = ["victoria-metrics", "vmagent", "vmalert"];

test.runIf(systemdAnalyze !== undefined).each(names)(
  "systemd accepts the unit of %s, and rates its exposure as low",
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), "units-"));
    try {
      const shipped = new URL(`../../../infra/victoria-metrics/${name}.service`, import.meta.url);
      const text = await readFile(fileURLToPath(shipped), "utf8");
      const file = join(folder, `${name}.service`);
      // The program of the unit need not be installed here.
      await writeFile(file, text.replace(`/usr/bin/${name}`, "/bin/true"));
      const { stdout, stderr } = await run(systemdAnalyze!, ["verify", file]);
      expect(stdout + stderr).toBe("");
      const security = await run(systemdAnalyze!, ["security", "--offline=true", file]);
      const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(security.stdout)!;
      expect(Number(exposure)).toBeLessThanOrEqual(1.5);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test.each(names)("%s listens on loopback only", async (name) => {
  const shipped = new URL(`../../../infra/victoria-metrics/${name}.service`, import.meta.url);
  expect(await readFile(fileURLToPath(shipped), "utf8")).toMatch(/ -httpListenAddr=127\.0\.0\.1:/);
});
