import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { prefreeze } from "./command.js";

test("prefreeze aggregate --help explains every option on one screen of 24 lines and 90 columns", async () => {
  const { exitCode, stdout, stderr } = await prefreeze(["aggregate", "--help"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(90);
  const options = Array.from(stdout.matchAll(/^ {2}.*?(--[a-z-]+)(?: <[A-Z:]+>)? {2,}(\S.*)$/gm));
  expect(options.map(([, option]) => option)).toEqual([
    "--state",
    "--listen",
    "--pushgateway",
    "--push-interval",
    "--scrape-interval",
    "--name",
    "--max-series",
    "--max-lives",
    "--tls-cert",
    "--tls-key",
    "--username-file",
    "--password-file",
    "--bearer-token-file",
    "--help",
  ]);
  // No description is so long that it goes on in a line below.
  expect(lines.filter((line) => /^ {6}/.test(line))).toEqual([]);
});

test.each([
  [["check"], ["--pushgateway", "--prometheus", "--timeout", "--json", "--help"]],
  [["gateway"], ["--listen", "--json", "--help"]],
  [["guard"], ["--remove", "--yes", "--pushgateway", "--timeout", "--json", "--help"]],
  [["ls"], ["--pushgateway", "--timeout", "--json", "--help"]],
  [
    ["prune"],
    [
      "--delete",
      "--dry-run",
      "--older-than",
      "--prometheus",
      "--no-prometheus",
      "--scrape-interval",
      "--ghosts",
      "--limit",
      "--pushgateway",
      "--timeout",
      "--json",
      "--help",
    ],
  ],
  [["show"], ["--instance", "--pushgateway", "--timeout", "--json", "--help"]],
  [["top"], ["--interval", "--count", "--pushgateway", "--timeout", "--json", "--help"]],
  [
    ["dev", "lambda"],
    [
      "--repeat",
      "--concurrency",
      "--timeout",
      "--each",
      "--env",
      "--pushgateway",
      "--json",
      "--help",
    ],
  ],
])("prefreeze %j --help explains every option on one screen", async (words, expected) => {
  const { exitCode, stdout, stderr } = await prefreeze([...words, "--help"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(90);
  const options = Array.from(stdout.matchAll(/^ {2}.*?(--[a-z-]+)(?: <[A-Z:]+>)? {2,}\S.*$/gm));
  expect(options.map(([, option]) => option)).toEqual(expected);
});

test("prefreeze --help lists the commands", async () => {
  const { exitCode, stdout } = await prefreeze(["--help"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ {2}aggregate .*Pushgateway$/m);
});

test("prefreeze --version prints the version of the package", async () => {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(manifest) as { readonly version: string };
  expect(await prefreeze(["--version"])).toEqual({
    exitCode: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
});
