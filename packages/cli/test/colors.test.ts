import { startGateway } from "@prefreeze/gateway";
import { expect, test } from "vitest";
import { prefreeze } from "./command.js";

test.each([
  ["nothing, since it prints to no terminal", {}, false],
  ["CI", { CI: "true" }, false],
  ["FORCE_COLOR", { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR=0", { FORCE_COLOR: "0" }, false],
  ["NO_COLOR, which is stronger", { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
])("colours with %s in the environment: as asked for", async (_, environment, isColored) => {
  await using gateway = await startGateway();
  await fetch(`${gateway.url}/metrics/job/shop`, { method: "PUT", body: "x 1\n" });
  const { exitCode, stdout } = await prefreeze(["ls", "--pushgateway", gateway.url], environment);
  expect(exitCode).toBe(0);
  expect(stdout.includes("\u001B[")).toBe(isColored);
});
