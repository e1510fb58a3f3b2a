import { parseText, sample } from "../../../test/pushgateway/parse.js";
import { startRealGateway, type RealGateway } from "../../../test/pushgateway/real.js";
import { afterAll, beforeAll, beforeEach } from "vitest";

/** The real gateway of a test file. */
export interface SharedGateway {
  readonly url: string;
  /** What a person reads at the gateway, summed over instances. */
  shown(name: string, labels?: Record<string, string>): Promise<number | undefined>;
  metrics(): Promise<string>;
}

/**
 * Starts the real gateway for the tests of a file; to be called at its top.
 *
 * @param emptied before each test; not where tests run at once, and tell their groups apart by job
 */
export function useGateway(emptied = true): SharedGateway {
  let gateway: RealGateway;
  beforeAll(async () => {
    gateway = await startRealGateway();
  }, 60_000);
  afterAll(() => gateway?.stop());
  if (emptied) beforeEach(() => gateway.wipe());
  return {
    get url() {
      return gateway.url;
    },
    shown: async (name, labels = {}) => sample(parseText(await gateway.metrics()), name, labels),
    metrics: () => gateway.metrics(),
  };
}
