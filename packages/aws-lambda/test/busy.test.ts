import { expect, test } from "vitest";
import { hangingGateway } from "../../../test/pushgateway/broken-gateways.js";
import { deploy } from "./deploy.js";

test.each([150, 300, 600])(
  "beside work that blocks the event loop in turns of %d ms, a hanging gateway holds an answer for little more than the flush timeout",
  async (turnMs) => {
    const url = await hangingGateway();
    const { invoke } = await deploy("busy.ts", {
      timeoutMs: 8_000,
      env: { PUSHGATEWAY_URL: url },
    });
    const { result, errorType, durationMs } = await invoke({ turnMs });
    expect([result, errorType]).toEqual([{ ok: true }, undefined]);
    // The flush timeout of 1 s, and the turns in which it ends, in which its grace ends, and of the answer.
    expect(durationMs).toBeLessThan(1_000 + 50 + 4 * turnMs + 1_000);
  },
);
