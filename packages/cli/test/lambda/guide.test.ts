import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { KNOWN } from "../../src/lambda/read-variables.js";
import { prefreeze } from "../command.js";
import { layerArn } from "./control-api/fake-functions.js";
import { startApi } from "./set-up.js";

const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), "utf8");

test("--var takes the variables that the guide of @prefreeze/aws-lambda has, and no other of ours", async () => {
  const guide = await read("aws-lambda/README.md");
  const [, settings = ""] =
    /<!-- settings: aws-lambda -->(.*?)<!-- settings:end -->/s.exec(guide) ?? [];
  const inGuide = settings.matchAll(/`((?:PREFREEZE|PUSHGATEWAY)_[A-Z_]+)`/g);
  const names = Array.from(inGuide, ([, name = ""]) => name);
  // It stands in the section about the layer.
  expect([...KNOWN].sort()).toEqual([...new Set([...names, "PREFREEZE_EXEC_WRAPPER"])].sort());
});

test("the difference in the guide of the command line is what it prints", async () => {
  const guide = await read("cli/README.md");
  const [, shown = ""] = /```text\n(shop-orders\n.*?)```/s.exec(guide) ?? [];
  const [, words = ""] = /npx prefreeze (lambda instrument .*?--dry-run)/s.exec(guide) ?? [];
  const api = await startApi();
  api.add("shop-orders", {
    layers: [layerArn("other", 7)],
    variables: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/otel-handler" },
  });
  api.add("shop-mails");
  const { stdout } = await prefreeze(words.replaceAll("\\\n", " ").split(/ +/), api.environment);
  expect(stdout.slice(0, stdout.indexOf("shop-mails"))).toBe(shown);
});
