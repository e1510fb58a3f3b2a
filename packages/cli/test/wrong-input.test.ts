import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { prefreeze, temporaryFolder } from "./command.js";

const SECRET = "geheim-5391";

/** Expects one line that begins with the program's name, and exit code 2. */
async function expectRefusal(
  words: readonly string[],
  reason: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { exitCode, stdout, stderr } = await prefreeze(words, environment);
  expect(stderr).toBe(`prefreeze: ${reason}\n`);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
}

describe("a wrong command line is answered in one line that says what to do, with exit code 2:", () => {
  const state = ["aggregate", "--state", "unused"];
  const help = "See: prefreeze aggregate --help";

  test.each([
    ["no command", [], "name a command. See: prefreeze --help"],
    ["no platform", ["dev"], "name a platform: lambda. See: prefreeze dev --help"],
    [
      "an unknown platform",
      ["dev", "workers"],
      "unknown platform 'workers' (give lambda). See: prefreeze dev --help",
    ],
    [
      "a typo in the command",
      ["agregate"],
      "unknown command 'agregate' (Did you mean aggregate?). See: prefreeze --help",
    ],
    ["no state directory", ["aggregate"], `required option '--state <DIR>' not specified. ${help}`],
    [
      "a typo in an option",
      [...state, "--listn", ":1"],
      `unknown option '--listn' (Did you mean --listen?). ${help}`,
    ],
    [
      "a word too many",
      [...state, "now"],
      `too many arguments for 'aggregate'. Expected 0 arguments but got 1. ${help}`,
    ],
    [
      "a duration without a unit",
      [...state, "--push-interval", "1"],
      `option '--push-interval <TIME>' argument '1' is invalid. Give a number with a unit, as in 500ms, 15s or 1m, from 10ms to 1m. ${help}`,
    ],
    [
      "no port",
      [...state, "--listen", "localhost"],
      `option '--listen <HOST:PORT>' argument 'localhost' is invalid. Give a host and a port, as in 127.0.0.1:9092, [::1]:9092 or :9092. ${help}`,
    ],
    [
      "no number",
      [...state, "--max-series", "many"],
      `option '--max-series <NUMBER>' argument 'many' is invalid. Give a whole number from 1 to 1000000. ${help}`,
    ],
    [
      "no address of a gateway",
      [...state, "--pushgateway", "ftp://gateway"],
      "--pushgateway is not an address: give it as in http://127.0.0.1:9091 or https://host/path",
    ],
    ["an empty name", [...state, "--name="], "--name is empty: leave it out, or give a name"],
    [
      "a key without a certificate",
      [...state, "--tls-key", "key.pem"],
      "give --tls-cert and --tls-key together",
    ],
    [
      "a file that does not exist",
      [...state, "--bearer-token-file", "/nowhere/token"],
      "--bearer-token-file: /nowhere/token does not exist",
    ],
  ])("%s", async (_, words, reason) => {
    await expectRefusal(words, reason);
  });

  test("credentials in the address of the gateway, which it does not repeat", async () => {
    await expectRefusal(
      [...state, "--pushgateway", `http://shop:${SECRET}@gateway:9091`],
      "--pushgateway has an @: leave credentials out, and set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD in the environment",
    );
  });

  test("a username without a password", async () => {
    const advice =
      "give --username-file and --password-file together (or PREFREEZE_USERNAME and PREFREEZE_PASSWORD)";
    await expectRefusal(state, advice, { PREFREEZE_USERNAME: "shop" });
    await expectRefusal(state, advice, { PREFREEZE_PASSWORD: SECRET });
  });

  test("an empty file, or one with several lines, which it does not repeat", async () => {
    const file = join(await temporaryFolder(), "token");
    await writeFile(file, "\n");
    const words = [...state, "--bearer-token-file", file];
    await expectRefusal(words, `--bearer-token-file: ${file} is empty`);
    await writeFile(file, `${SECRET}\nmore\n`);
    await expectRefusal(words, `--bearer-token-file: ${file} has more than one line`);
  });

  test("a password beside a bearer token", async () => {
    const { exitCode, stderr } = await prefreeze(state, {
      PREFREEZE_USERNAME: "shop",
      PREFREEZE_PASSWORD: SECRET,
      PREFREEZE_BEARER_TOKEN: SECRET,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^prefreeze: give either .*\n$/);
    expect(stderr).not.toContain(SECRET);
  });
});
