import { setImmediate as nextTurn } from "node:timers/promises";
import {
  environmentVariables,
  newLogStreamName,
  type FunctionConfiguration,
} from "./function-configuration.js";
import { failure, type Answer, type Invocation } from "./invocation.js";
import { endLines, startLine, timeoutMessage } from "./platform-log.js";
import { serveRuntimeApi } from "./runtime-api.js";
import { startRuntimeProcess } from "./runtime-process.js";

/** One execution environment: a process that runs one invocation at a time and is frozen between. */
export interface Environment {
  readonly pid: number;
  readonly logStreamName: string;
  /** Invocations handed to the runtime so far. */
  readonly invocations: number;
  readonly frozen: boolean;
  /** Ready for an invocation. */
  readonly idle: boolean;
  /** Has answered, but its runtime does not wait for the next invocation yet. */
  readonly finishing: boolean;
  /** False once the process is gone. */
  readonly alive: boolean;
  /** Resolves when the process is gone and nothing of the environment is left. */
  readonly ended: Promise<void>;
  /** Hands an invocation to the runtime, now or when its initialization is done. */
  invoke(invocation: Invocation): Run;
  /** What the platform and the process have logged. */
  log(): string;
  /** Ends the process at once, as AWS does where no extension asked for a notice. */
  kill(): void;
}

/** An invocation that an environment has taken. Neither promise rejects. */
export interface Run {
  /** Resolves as soon as the runtime posts its response, or when there will be none. */
  readonly answer: Promise<Answer>;
  /** Resolves with what was logged when the runtime asks for more, or is gone. */
  readonly log: Promise<string>;
}

interface CurrentRun {
  readonly invocation: Invocation;
  readonly answer: (answer: Answer) => void;
  readonly finish: (log: string) => void;
  answered: boolean;
  /** Undefined while the runtime still initializes. */
  begun?: { atMs: number; logStart: number };
}

// AWS gives the initialization 10 s of its own, before the function's timeout counts.
const initLimitMs = 10_000;

/**
 * Starts an environment: a Runtime API, and a process of AWS's runtime client that talks to it.
 *
 * `changed` is called when the environment becomes idle, and when it has ended.
 */
export async function startEnvironment(
  configuration: FunctionConfiguration,
  changed: () => void,
): Promise<Environment> {
  const logStreamName = newLogStreamName();
  const initBeganMs = performance.now();
  let initDurationMs: number | undefined;
  let log = "";
  let invocations = 0;
  let run: CurrentRun | undefined;
  let deliver: ((invocation: Invocation, deadlineMs: number) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let alive = true;
  let killed = false;

  const runtimeApi = await serveRuntimeApi({
    next(deliverInvocation) {
      deliver = deliverInvocation;
      if (initDurationMs === undefined) {
        clearTimeout(timer);
        initDurationMs = performance.now() - initBeganMs;
      }
      if (run !== undefined && run.begun === undefined) begin(run);
      else if (run === undefined || run.answered) void freeze();
    },
    response: (requestId, payload) => answer(requestId, { payload, failed: false }),
    error: (requestId, payload) => answer(requestId, { payload, failed: true }),
    initError(payload) {
      if (run !== undefined) answer(run.invocation.requestId, { payload, failed: true });
    },
  });
  const variables = environmentVariables(configuration, logStreamName, runtimeApi.address);
  const runtime = await startRuntimeProcess(configuration, variables, (text) => {
    log += text;
  }).catch((error: unknown) => {
    runtimeApi.close();
    throw error;
  });
  timer = setTimeout(timeOut, initLimitMs, initLimitMs);

  function begin(current: CurrentRun): void {
    const atMs = performance.now();
    current.begun = { atMs, logStart: log.length };
    log += startLine(current.invocation.requestId);
    invocations += 1;
    timer = setTimeout(timeOut, configuration.timeoutMs, configuration.timeoutMs);
    runtime.thaw();
    deliver?.(current.invocation, Date.now() + configuration.timeoutMs);
    deliver = undefined;
  }

  function answer(requestId: string, answered: Answer): boolean {
    if (run?.invocation.requestId !== requestId || run.answered) return false;
    run.answered = true;
    run.answer(answered);
    return true;
  }

  async function freeze(): Promise<void> {
    clearTimeout(timer);
    runtime.freeze();
    await finish();
    changed();
  }

  async function finish(): Promise<void> {
    const afterMs = performance.now();
    // What the process wrote before it stopped is in its pipe: one whole turn reads it.
    await nextTurn();
    await nextTurn();
    if (run === undefined) return;
    const { invocation, begun } = run;
    if (begun !== undefined) {
      log += endLines({
        requestId: invocation.requestId,
        durationMs: afterMs - begun.atMs,
        memorySizeMb: configuration.memorySizeMb,
        initDurationMs: invocations === 1 ? initDurationMs : undefined,
      });
    }
    run.finish(log.slice(begun?.logStart ?? 0));
    run = undefined;
  }

  function timeOut(limitMs: number): void {
    if (run !== undefined) {
      const { requestId } = run.invocation;
      const errorMessage = timeoutMessage(requestId, limitMs);
      log += `${errorMessage}\n\n`;
      answer(requestId, failure({ errorMessage }));
    }
    kill();
  }

  function kill(): void {
    killed = true;
    runtime.kill();
  }

  const ended = runtime.ended.then(async (how) => {
    killed = true;
    clearTimeout(timer);
    // A response that the process posted with its last breath still counts.
    await runtimeApi.drained();
    runtimeApi.close();
    if (run !== undefined) {
      const { requestId } = run.invocation;
      const errorMessage = `RequestId: ${requestId} Error: Runtime exited ${how}`;
      answer(requestId, failure({ errorType: "Runtime.ExitError", errorMessage }));
    }
    await finish();
    alive = false;
    changed();
  });

  return {
    pid: runtime.pid,
    logStreamName,
    get invocations() {
      return invocations;
    },
    get frozen() {
      return runtime.frozen;
    },
    get idle() {
      return !killed && run === undefined && deliver !== undefined;
    },
    get finishing() {
      return !killed && run?.answered === true;
    },
    get alive() {
      return alive;
    },
    ended,
    invoke(invocation) {
      let resolveAnswer: (answer: Answer) => void = () => {};
      let resolveLog: (log: string) => void = () => {};
      const taken: Run = {
        answer: new Promise((resolve) => (resolveAnswer = resolve)),
        log: new Promise((resolve) => (resolveLog = resolve)),
      };
      run = { invocation, answer: resolveAnswer, finish: resolveLog, answered: false };
      if (deliver !== undefined) begin(run);
      return taken;
    },
    log: () => log,
    kill,
  };
}
