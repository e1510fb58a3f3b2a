import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/**
 * Tests that an adapter does nothing outside its platform: the script imports it, wraps a handler, calls
 * it, and prints one line of JSON with `before` and `after` (each from `held`) and what `told` says.
 *
 * @param places where the adapter must be inert: a name, and the environment variables there
 * @param told the rest of what the script prints, such as the results of its calls
 */
export function testInert(
  script: URL,
  places: readonly (readonly [where: string, env: Readonly<Record<string, string>>])[],
  told: Readonly<Record<string, unknown>>,
): void {
  test.each(places)(
    "%s, the adapter leaves no handle, listener or log line",
    async (_where, env) => {
      const words = [fileURLToPath(script)];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { env });
      const { before, after, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
      expect(after).toEqual(before);
      expect(rest).toEqual({ ...told, mode: "inert" });
      expect(stderr).toBe("");
    },
  );
}
