import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { ownPort } from "../../loopback/own-port.js";
import { findOrFetch } from "../../pushgateway/fetch.mjs";

/** A program of VictoriaMetrics, until it is stopped. */
export interface Unit {
  readonly url: string;
  stop(): Promise<void>;
}

/** Reads the command of a shipped unit. */
async function commandOf(name: string): Promise<readonly string[]> {
  const file = fileURLToPath(
    new URL(`../../../infra/victoria-metrics/${name}.service`, import.meta.url),
  );
  const text = (await readFile(file, "utf8")).replaceAll("\\\n", " ");
  return /^ExecStart=(.*)$/m.exec(text)![1]!.trim().split(/\s+/);
}

/**
 * Starts the program of a shipped unit, with the unit's flags.
 *
 * @param replaced values of flags, in place of the unit's; an array stands for a flag that is given several times
 * @throws Error with what it printed, if it does not start
 */
export async function startUnit(
  name: "victoria-metrics" | "vmagent" | "vmalert",
  replaced: Readonly<Record<string, string | readonly string[]>>,
): Promise<Unit> {
  const [path, ...shipped] = await commandOf(name);
  if (basename(path!) !== name) throw new Error(`${name}.service starts ${path}`);
  const named = process.env["VICTORIA_METRICS_BIN"] ?? "";
  const server = await findOrFetch("victoria-metrics", named === "" ? "trixie" : undefined);
  const url = `http://127.0.0.1:${await ownPort()}`;
  const values = { httpListenAddr: new URL(url).host, ...replaced };
  for (const flag of Object.keys(replaced))
    if (!shipped.some((word) => word.startsWith(`-${flag}=`)) && !flag.startsWith("test."))
      throw new Error(`${name}.service has no flag ${flag}`);
  const flags = [
    ...shipped.filter((word) => !Object.keys(values).some((flag) => word.startsWith(`-${flag}=`))),
    ...Object.entries(values).flatMap(([flag, value]) =>
      [value].flat().map((each) => `-${flag.replace(/^test\./, "")}=${each}`),
    ),
  ];
  const child = spawn(join(dirname(server), name), flags, { stdio: ["ignore", "pipe", "pipe"] });
  const killChild = () => void child.kill("SIGKILL");
  process.once("exit", killChild);
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-5_000);
    });
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => {
      process.off("exit", killChild);
      resolve();
    }),
  );
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  try {
    await vi.waitFor(
      async () => {
        if (!(await fetch(`${url}/health`)).ok) throw new Error("not healthy");
      },
      { timeout: 15_000, interval: 100 },
    );
  } catch {
    await stop();
    throw new Error(`${name} did not start: ${printed}`);
  }
  return { url, stop };
}
