import { expectRange } from "../arguments/expect-range.js";
import { type Pushgateway, readPushgateways } from "../arguments/pushgateway-option.js";
import { authenticate } from "./authenticate.js";
import { checkTls } from "./check-tls.js";
import { cleanUp } from "./clean-up.js";
import { type Endpoint, endpointOf } from "./endpoint.js";
import { type Identified, identify } from "./identify.js";
import { encodedProbe, plainProbe } from "./probe.js";
import { createProbePusher } from "./push-probe.js";
import { reach, resolveName } from "./reach.js";
import { seeGateway } from "./see-gateway.js";
import { type Seen, seeOutput } from "./see-output.js";
import { seePrometheus } from "./see-prometheus.js";
import { type CheckStep, createSteps, fine, type StepName, type Steps } from "./step.js";

/** What to check, and how long to wait. */
export interface CheckOptions {
  /** Default: the first address of `PUSHGATEWAY_URL`, with the credentials of the environment. */
  readonly pushgateway?: Pushgateway;
  /** A Prometheus that scrapes the gateway: the check waits until it has the probe. Default: none. */
  readonly prometheus?: Pushgateway;
  /** Limit of each step, and of each request in it: from 1 to 600,000 milliseconds. Default: 5,000. */
  readonly timeoutMs?: number;
  /** Ends the check early; what was pushed is deleted even then. Default: none. */
  readonly signal?: AbortSignal;
  /** Is told each step when it has ended. Default: none. */
  readonly onStep?: (step: CheckStep) => void;
}

/** How a check went. */
export interface CheckResult {
  /** The address, without credentials. */
  readonly url: string;
  /** No step failed. */
  readonly ok: boolean;
  /** The first step that failed. */
  readonly failed?: StepName;
  /** In their order, up to the one that ended the check; and the clean-up. */
  readonly steps: readonly CheckStep[];
}

const TIMEOUT_MS = 5_000;

/**
 * Checks from here to the gateway, step by step: it resolves the name, connects, looks at the certificate and the
 * credentials, pushes a probe, and sees it come out at the other end. Then it deletes the probe.
 *
 * Works inside of a function, too: its steps say what that function can reach.
 *
 * @returns the steps, up to the first that failed; it does not reject because something is wrong
 * @throws WrongInput if `timeoutMs` is out of its range, or the address is none
 */
export async function check(options: CheckOptions = {}): Promise<CheckResult> {
  const { timeoutMs = TIMEOUT_MS, onStep = () => undefined } = options;
  expectRange("timeoutMs", timeoutMs, 1, 600_000);
  const pushgateway = options.pushgateway ?? (await readPushgateways({}, process.env))[0];
  const { url = "http://127.0.0.1:9091", query = "", headers = {} } = pushgateway ?? {};
  const steps = createSteps(onStep);
  const endpoint = endpointOf(url + query, headers);
  await runSteps(endpoint, steps, { ...options, timeoutMs });
  const failed = steps.done.find(({ status }) => status === "failed");
  return {
    url: endpoint.url,
    ok: failed === undefined,
    ...(failed && { failed: failed.name }),
    steps: steps.done,
  };
}

type Bounds = CheckOptions & { readonly timeoutMs: number };

async function runSteps(endpoint: Endpoint, steps: Steps, options: Bounds): Promise<void> {
  const { timeoutMs, signal } = options;
  const bounds = { timeoutMs, signal };
  let addresses: readonly string[] = [];
  const resolved = await steps.run("resolve", async () => {
    addresses = await resolveName(endpoint, timeoutMs);
    return fine(addresses.join(", "));
  });
  if (!resolved) return;
  if (!(await steps.run("connect", () => reach(endpoint, addresses, timeoutMs)))) return;
  if (endpoint.isTls && !(await steps.run("tls", () => checkTls(endpoint, timeoutMs)))) return;
  let identified: Identified | undefined;
  const answered = await steps.run("answer", async () => {
    identified = await identify(endpoint, bounds);
    const { answerer: _, refused: __, ...finding } = identified;
    return finding;
  });
  if (!answered || !identified) return;
  const known = identified;
  const admitted = await steps.run("authentication", () =>
    authenticate(endpoint, known, addresses, bounds),
  );
  if (admitted) await pushAndSee(endpoint, steps, options);
}

async function pushAndSee(endpoint: Endpoint, steps: Steps, options: Bounds): Promise<void> {
  const { timeoutMs, signal, prometheus } = options;
  const bounds = { timeoutMs, signal };
  const pusher = createProbePusher(endpoint, bounds);
  const plain = plainProbe();
  let seen: Seen | undefined;
  try {
    if (!(await steps.run("push", () => pusher.push(plain)))) return;
    // Each tells something of its own, so one that fails does not end the check.
    await steps.run("path", () => pusher.pushEncodedPath(encodedProbe()));
    await steps.run("gzip", () => pusher.pushCompressed(plainProbe()));
    const shown = await steps.run("output", async () => {
      const { seen: found, ...finding } = await seeOutput(endpoint, pusher.sent, bounds);
      seen = found;
      return finding;
    });
    if (shown && seen?.isAggregator) {
      const { isGatewayUp } = seen;
      await steps.run("gateway", () => seeGateway(endpoint, plain, isGatewayUp, bounds));
    }
    if (shown && prometheus !== undefined) {
      const there = endpointOf(prometheus.url, prometheus.headers);
      await steps.run("prometheus", () => seePrometheus(there, endpoint, plain, bounds));
    }
  } finally {
    const { sent } = pusher;
    if (sent.length > 0) {
      const name = seen?.aggregatorName;
      await steps.run("cleanup", () => cleanUp(endpoint, sent, name, timeoutMs));
    }
  }
}
