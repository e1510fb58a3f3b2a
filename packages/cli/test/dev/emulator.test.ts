import { expect, expectTypeOf, test } from "vitest";
import { loadEmulator } from "../../dist/esm/dev/emulator.js";
import type { Emulator } from "../../dist/esm/dev/emulator.js";
import type * as Standalone from "../../../../test/lambda-emulator/src/standalone.js";

test("the emulator that the build puts beside the command is what the command takes it for", async () => {
  expectTypeOf<typeof Standalone>().toExtend<Emulator>();
  const { serveFunction, endWithThisProcess, standIn } = await loadEmulator();
  expect(typeof serveFunction).toBe("function");
  expect(typeof endWithThisProcess).toBe("function");
  expect(standIn).toMatch(/\/dist\/runtime-client\/rapid-client-stand-in\.cjs$/);
});
