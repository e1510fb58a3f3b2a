import { expect, onTestFinished, test, vi } from "vitest";
import { buildTools, requireTools } from "../src/runtime-client/build-tools.js";
import { writeFunction } from "./function-under-test.js";

test("a missing build tool is named, with the command that installs it", async () => {
  vi.stubEnv("PATH", await writeFunction({ cmake: "", make: "", "g++": "", python3: "", xz: "" }));
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(requireTools(buildTools["ric-4"])).resolves.toBeUndefined();
  await expect(requireTools(buildTools["ric-3"])).rejects.toThrow(
    /autoconf, automake, libtoolize, unzip\. .*apt-get install autoconf automake libtool unzip$/,
  );
});
