import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startRealGateway } from "../pushgateway/real.js";
import { parseText, sample } from "../pushgateway/parse.js";

/** A place in which an adapter does nothing. */
export interface InertPlace {
  readonly where: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Why, as `explain()` says. */
  readonly reason: string;
  /** With `PUSHGATEWAY_URL`, one line says that nothing is pushed. */
  readonly saysSo?: boolean;
}

/**
 * Tests that an adapter does nothing outside its platform: the script imports it, wraps a handler, calls
 * it, and prints one line of JSON with `before` and `after` (each from `held`), what `explain()` says, and
 * what `told` says.
 *
 * @param told the rest of what the script prints, such as the results of its calls
 */
export function testInert(
  script: URL,
  places: readonly InertPlace[],
  told: Readonly<Record<string, unknown>>,
): void {
  const run = (env: Readonly<Record<string, string>>) =>
    promisify(execFile)(process.execPath, [fileURLToPath(script)], { env });

  test.each(places)(
    "$where, the adapter leaves no handle, listener or log line, and explain() says why",
    async ({ env = {}, reason }) => {
      const { stdout, stderr } = await run(env);
      const { before, after, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
      expect(after).toEqual(before);
      expect(rest).toEqual({ ...told, explained: { mode: "inert", reason } });
      expect(stderr).toBe("");
    },
  );

  test.each(places)(
    "$where, one line at most says why nothing arrives at the gateway that is set",
    async ({ env = {}, reason, saysSo = false }) => {
      const { stderr } = await run({ ...env, PUSHGATEWAY_URL: "http://127.0.0.1:9" });
      expect(stderr).toBe(
        saysSo
          ? `prefreeze: nothing is pushed to PUSHGATEWAY_URL: ${reason}; set PREFREEZE_ACTIVE=1 to push all the same\n`
          : "",
      );
    },
  );

  test("with PREFREEZE_ACTIVE, the adapter pushes from anywhere", { timeout: 30_000 }, async () => {
    const gateway = await startRealGateway();
    try {
      const { stderr } = await run({ PUSHGATEWAY_URL: gateway.url, PREFREEZE_ACTIVE: "1" });
      expect(stderr).toBe("");
      const samples = parseText(await gateway.metrics());
      expect(sample(samples, "orders_total", {})).toBeGreaterThanOrEqual(1);
      expect(sample(samples, "faas_invocations_total", {})).toBe(
        sample(samples, "orders_total", {}),
      );
    } finally {
      await gateway.stop();
    }
  });
}
