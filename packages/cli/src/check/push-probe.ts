import { gzipSync } from "node:zlib";
import { type Answer, ask, type Asked } from "./ask.js";
import type { Endpoint } from "./endpoint.js";
import type { Probe } from "./probe.js";
import { fine, type Finding, StepFailed } from "./step.js";
import { isWebPage, statusAdvice } from "./status-advice.js";

type Bounds = Pick<Asked, "timeoutMs" | "signal">;

/** Pushes probes as functions do. */
export interface ProbePusher {
  /** Those that the gateway has, or may have. */
  readonly sent: readonly Probe[];
  /** @throws StepFailed if it is not taken */
  push(probe: Probe): Promise<Finding>;
  /**
   * Pushes a probe whose path needs base64.
   *
   * @throws StepFailed if it is not taken
   */
  pushEncodedPath(probe: Probe): Promise<Finding>;
  /**
   * Pushes a compressed body.
   *
   * @throws StepFailed if it is not taken
   */
  pushCompressed(probe: Probe): Promise<Finding>;
}

export function createProbePusher(endpoint: Endpoint, bounds: Bounds): ProbePusher {
  const sent = new Set<Probe>();

  async function send(
    probe: Probe,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { path } = probe;
    sent.add(probe);
    const answer = await ask(endpoint, path, {
      ...bounds,
      method: "PUT",
      body,
      headers: { "content-type": "text/plain; version=0.0.4", ...headers },
    });
    // A proxy may answer 5xx for a gateway that has taken the push.
    if (!isTaken(answer) && answer.status < 500) sent.delete(probe);
    return answer;
  }

  return {
    get sent() {
      return [...sent];
    },
    async push(probe) {
      const answer = await send(probe, probe.text);
      if (!isTaken(answer)) throw statusAdvice(answer, endpoint, probe.path);
      return fine(`HTTP ${answer.status}`);
    },
    async pushEncodedPath(probe) {
      const answer = await send(probe, probe.text);
      if (isTaken(answer)) return fine(`HTTP ${answer.status} to a path with @base64`);
      const { message } = statusAdvice(answer, endpoint, probe.path);
      throw new StepFailed(
        `a plain path is taken, but one with @base64 is not: ${message}`,
        "A proxy changes the path, or refuses an @ in it. Let it pass paths as they are: no decoding, no normalizing, no rule against @.",
      );
    },
    async pushCompressed(probe) {
      const answer = await send(probe, gzipSync(probe.text), { "content-encoding": "gzip" });
      if (isTaken(answer)) return fine(`HTTP ${answer.status} to a compressed push`);
      const { message } = statusAdvice(answer, endpoint, probe.path);
      throw new StepFailed(
        `a push is taken, but not if it is compressed: ${message}`,
        "Let the proxy pass bodies with content-encoding: gzip as they are. Until then, functions with many series cannot push.",
      );
    },
  };
}

function isTaken(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300 && !isWebPage(answer);
}
