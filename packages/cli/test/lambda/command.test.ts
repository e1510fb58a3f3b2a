import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { prefreeze, temporaryFolder } from "../command.js";
import type { ControlApi } from "./control-api/start-control-api.js";
import { GATEWAY, LAYER, OTHER, startApi, WRAPPER } from "./set-up.js";

const instrument = ["lambda", "instrument"];
const where = ["--layer", LAYER, "--pushgateway", GATEWAY];

async function run(api: ControlApi, words: readonly string[], more: Record<string, string> = {}) {
  return prefreeze(words, { ...api.environment, AWS_REGION: "eu-central-1", ...more });
}

describe("prefreeze lambda", () => {
  test("instrument, status and uninstrument print tables, and nothing on stderr", async () => {
    const api = await startApi();
    api.add("shop", { layers: [OTHER] });
    const done = await run(api, [...instrument, "shop", ...where]);
    expect(done).toEqual({
      exitCode: 0,
      stdout: "FUNCTION  RESULT   VERSION  REASON\nshop      changed\n",
      stderr: "",
    });
    const status = await run(api, ["lambda", "status", "shop"]);
    expect(status).toMatchObject({ exitCode: 0, stderr: "" });
    expect(status.stdout.split("\n")[1]).toMatch(
      /^shop +yes +prefreeze:3 +http:\/\/pushgateway\.internal:9091 +after the response +Successful$/,
    );
    const restored = await run(api, ["lambda", "uninstrument", "shop"]);
    expect(restored).toMatchObject({ exitCode: 0, stderr: "" });
    expect(api.functions.settings("shop")).toEqual({ layers: [OTHER], variables: {} });
  });

  test("instrument --dry-run prints the difference, and writes nothing", async () => {
    const api = await startApi();
    api.add("shop", {
      layers: [OTHER],
      variables: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/otel-handler", TABLE: "orders" },
    });
    const { exitCode, stdout } = await run(api, [...instrument, "shop", ...where, "--dry-run"]);
    expect(exitCode).toBe(0);
    expect(stdout.replaceAll(/\d+ (bytes\)|of)/g, "N $1")).toBe(
      `shop
  layers
      ${OTHER}
    + ${LAYER}
  variables
    - AWS_LAMBDA_EXEC_WRAPPER=/opt/otel-handler
    + AWS_LAMBDA_EXEC_WRAPPER=${WRAPPER}
    + PREFREEZE_EXEC_WRAPPER=/opt/otel-handler
    + PUSHGATEWAY_URL=${GATEWAY}
    + PREFREEZE_UNINSTRUMENT=what uninstrument restores (N bytes)
  all variables then take N of 4096 bytes
Nothing was changed.
`,
    );
    expect(api.writes()).toBe(0);
  });

  test("--json prints one value, without credentials", async () => {
    const api = await startApi();
    api.add("shop");
    const { stdout } = await run(api, [...instrument, "shop", ...where, "--json"], {
      PUSHGATEWAY_USERNAME: "shop",
      PUSHGATEWAY_PASSWORD: "geheim-1",
    });
    expect(JSON.parse(stdout)).toMatchObject([{ function: "shop", outcome: "changed" }]);
    expect(stdout).not.toContain("geheim");
    expect(api.functions.settings("shop").variables).toMatchObject({
      PUSHGATEWAY_USERNAME: "shop",
      PUSHGATEWAY_PASSWORD: "geheim-1",
    });
    const status = await run(api, ["lambda", "status", "--all", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject([{ instrumented: "yes" }]);
  });

  test("--var-file and --var set variables; what is nearer to the command line wins", async () => {
    const api = await startApi();
    api.add("shop");
    const file = join(await temporaryFolder(), "metrics.env");
    await writeFile(
      file,
      "# of the gateway\nPUSHGATEWAY_BEARER_TOKEN='geheim 1'\nPREFREEZE_MEASURES=http\nPUSHGATEWAY_URL=http://file:9091\n",
    );
    const { exitCode, stdout } = await run(
      api,
      [
        ...instrument,
        "shop",
        ...where,
        "--var-file",
        file,
        "--var",
        "PREFREEZE_MEASURES=resources",
        "--var",
        "PREFREEZE_LABELS=team=shop",
      ],
      { PUSHGATEWAY_BEARER_TOKEN: "of the environment" },
    );
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("geheim");
    expect(api.functions.settings("shop").variables).toMatchObject({
      PUSHGATEWAY_URL: GATEWAY,
      PUSHGATEWAY_BEARER_TOKEN: "geheim 1",
      PREFREEZE_MEASURES: "resources",
      PREFREEZE_LABELS: "team=shop",
    });
  });

  test("a partial failure ends with 1, and names what to run again", async () => {
    const api = await startApi();
    for (const name of ["a", "b"]) api.add(name);
    api.add("python", { runtime: "python3.13" });
    const { exitCode, stdout, stderr } = await run(api, [
      ...instrument,
      "a",
      "gone",
      "python",
      "b",
      ...where,
    ]);
    expect(exitCode).toBe(1);
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ["FUNCTION", "RESULT"],
      ["a", "changed"],
      ["gone", "failed"],
      ["python", "refused"],
      ["b", "changed"],
      [""],
    ]);
    expect(stderr).toBe(
      "prefreeze: 2 of 4 functions were not changed: mend what is said of each, and run the same again for gone python\n",
    );
  });

  test("ends in time, though the SDK waits on", async () => {
    const api = await startApi();
    api.add("shop");
    api.throttle("GetFunctionConfiguration", 1000, 3600);
    const startedMs = performance.now();
    const { exitCode } = await run(api, [...instrument, "shop", ...where, "--wait", "1s"]);
    expect(exitCode).toBe(1);
    expect(performance.now() - startedMs).toBeLessThan(4000);
  });

  test("status ends with 3 if something is broken, and with 1 if something cannot be read", async () => {
    const api = await startApi();
    api.add("broken", { variables: { AWS_LAMBDA_EXEC_WRAPPER: WRAPPER } });
    expect(await run(api, ["lambda", "status", "broken"])).toMatchObject({ exitCode: 3 });
    expect(await run(api, ["lambda", "status", "gone"])).toMatchObject({ exitCode: 1 });
  });

  test.each([
    [
      "no command",
      ["lambda"],
      "name a command: instrument, uninstrument or status. See: prefreeze lambda --help",
    ],
    [
      "a typo",
      ["lambda", "instrumnt"],
      "unknown command 'instrumnt' (give instrument, uninstrument or status). See: prefreeze lambda --help",
    ],
    [
      "no function",
      [...instrument, ...where],
      "missing required argument 'function'. See: prefreeze lambda instrument --help",
    ],
    [
      "no layer",
      [...instrument, "shop"],
      "required option '--layer <ARN>' not specified. See: prefreeze lambda instrument --help",
    ],
    [
      "a password on the command line",
      [...instrument, "shop", "--layer", LAYER, "--pushgateway", "http://a:geheim@b"],
      "--pushgateway has an @: leave credentials out, and set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD in the environment",
    ],
    [
      "a password as a variable",
      [...instrument, "shop", ...where, "--var", "PUSHGATEWAY_PASSWORD=geheim"],
      "--var PUSHGATEWAY_PASSWORD: everybody on this machine can read a command line; set it in the environment or with --var-file",
    ],
    [
      "a password in a variable with an address",
      [...instrument, "shop", ...where, "--var", "PUSHGATEWAY_URL=http://f:geheim@push"],
      "--var PUSHGATEWAY_URL: everybody on this machine can read a command line; set it in the environment or with --var-file",
    ],
    [
      "a variable without a name",
      [...instrument, "shop", ...where, "--var", "geheim"],
      "--var: give a name and a value, as in PREFREEZE_MEASURES=http",
    ],
    [
      "a file that is not there",
      [...instrument, "shop", ...where, "--var-file", "/gone"],
      "--var-file: /gone does not exist",
    ],
    [
      "no functions for status",
      ["lambda", "status"],
      "name functions, or give --all for all functions of the region",
    ],
  ])("answers a wrong command line in one line, with exit code 2: %s", async (_, words, line) => {
    const api = await startApi();
    expect(await run(api, words)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `prefreeze: ${line}\n`,
    });
  });

  test.each(["instrument", "uninstrument", "status"])(
    "%s --help explains every option on one screen of 24 lines and 90 columns",
    async (name) => {
      const { exitCode, stdout, stderr } = await prefreeze(["lambda", name, "--help"]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const lines = stdout.trimEnd().split("\n");
      expect(lines.length).toBeLessThanOrEqual(24);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(90);
      expect(lines.filter((line) => /^ {6}/.test(line))).toEqual([]);
    },
  );
});
