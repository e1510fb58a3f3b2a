import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { parseText, sample } from "./parse.js";
import { startRealGateway, type RealGateway } from "./real.js";

/** The real gateway of a test file. */
export interface SharedGateway {
  readonly url: string;
  /** The value of the samples with these labels, summed over instances; undefined without any. */
  shown(name: string, labels?: Record<string, string>): Promise<number | undefined>;
  /** The same, for a push that comes after the response: `await eventually(…).toBe(1)`. */
  eventually(name: string, labels?: Record<string, string>): ReturnType<typeof expect.poll>;
  /** The different `instance` labels. */
  instances(): Promise<readonly string[]>;
  metrics(): Promise<string>;
}

/**
 * Starts the real gateway for the tests of a file. Call it at the top of the file.
 *
 * @param emptied whether the gateway is emptied before each test. Default: true. Pass false if tests
 *   run at once and tell their groups apart by job.
 */
export function useGateway(emptied = true): SharedGateway {
  let gateway: RealGateway;
  beforeAll(async () => {
    gateway = await startRealGateway();
  }, 60_000);
  afterAll(() => gateway?.stop());
  if (emptied) beforeEach(() => gateway.wipe());
  const shown: SharedGateway["shown"] = async (name, labels = {}) =>
    sample(parseText(await gateway.metrics()), name, labels);
  return {
    get url() {
      return gateway.url;
    },
    shown,
    eventually: (name, labels) => expect.poll(() => shown(name, labels), { timeout: 10_000 }),
    async instances() {
      const labels = (await gateway.metrics()).matchAll(/instance="([^"]+)"/g);
      return [...new Set([...labels].map(([, instance = ""]) => instance))];
    },
    metrics: () => gateway.metrics(),
  };
}
