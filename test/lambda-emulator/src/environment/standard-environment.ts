import { setImmediate as nextTurn } from "node:timers/promises";
import type { Environment, Shutdown } from "./environment.js";
import type { FunctionConfiguration } from "../runtime/function-configuration.js";
import { functionError, type FunctionError, type Invocation } from "../invocation/invocation.js";
import { endLines, startLine, timeoutMessage } from "../invocation/platform-log.js";
import { createRun, exitError, type CurrentRun } from "../invocation/run.js";
import { startRuntimeLife, type RuntimeLife } from "../runtime/runtime-life.js";
import { exitReason, type ProcessEnd } from "../runtime/runtime-process.js";
import { createSandbox } from "../runtime/sandbox.js";

// AWS allows the first initialization 10 s, on top of the function's timeout.
const initLimitMs = 10_000;
// With an internal extension AWS allows a shutdown 500 ms; the runtime may use 300 ms of them.
const shutdownGraceMs = 300;

interface Begun {
  readonly atMs: number;
  readonly logStart: number;
}

/**
 * Starts an environment that runs one invocation at a time. It is frozen whenever the runtime and
 * its extensions have nothing left to do. A crash or a timeout resets it: the next invocation
 * starts another runtime in the same sandbox, within the function's timeout.
 *
 * @param changed called when the environment becomes idle, and when it has ended
 */
export async function startStandardEnvironment(
  configuration: FunctionConfiguration,
  changed: () => void,
): Promise<Environment> {
  const sandbox = await createSandbox(configuration.foundFiles);
  let log = "";
  let invocations = 0;
  let initializations = 0;
  let invocationsOfLife = 0;
  let life: RuntimeLife | undefined;
  let lifeEnd: Promise<ProcessEnd>;
  let starting = Promise.resolve();
  let run: CurrentRun | undefined;
  let begun: Begun | undefined;
  let deadlineMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pid = 0;
  let alive = true;

  async function initialize(limitMs: number): Promise<void> {
    initializations += 1;
    invocationsOfLife = 0;
    limit(limitMs);
    const started = await startRuntimeLife(configuration, sandbox, {
      waits: () => advance(),
      respond: (requestId) => (isCurrent(requestId) ? run?.respond() : undefined),
      failed: (error) => run?.fail(error),
      log(text) {
        log += text;
        configuration.onOutput(text);
      },
    });
    life = started;
    pid = started.pid;
    lifeEnd = started.ended.then(async (end) => {
      await reset((invocation) => exitError(invocation, exitReason(end)));
      return end;
    });
  }

  function isCurrent(requestId: string): boolean {
    return run?.invocation.requestId === requestId;
  }

  /** Called when the runtime or an extension waits for its next event. */
  function advance(): void {
    if (life?.waiting !== true || !life.usable) return;
    if (run !== undefined && begun === undefined) begin(run, life);
    else if (run === undefined || run.answered) void freeze(life);
  }

  function begin({ invocation }: CurrentRun, runtime: RuntimeLife): void {
    begun = { atMs: performance.now(), logStart: log.length };
    log += startLine(invocation.requestId);
    invocations += 1;
    invocationsOfLife += 1;
    if (deadlineMs === undefined) {
      limit(configuration.timeoutMs);
      deadlineMs = Date.now() + configuration.timeoutMs;
    }
    runtime.deliver(invocation, deadlineMs);
  }

  async function freeze(runtime: RuntimeLife): Promise<void> {
    clearTimeout(timer);
    runtime.freeze();
    await finish();
    changed();
  }

  async function finish(): Promise<void> {
    const afterMs = performance.now();
    // Output that the process wrote before it was stopped is still in its pipe. Give it time to be
    // read.
    await nextTurn();
    await nextTurn();
    if (run === undefined) return;
    if (begun !== undefined) {
      log += endLines({
        requestId: run.invocation.requestId,
        durationMs: afterMs - begun.atMs,
        memorySizeMb: configuration.memorySizeMb,
        initDurationMs:
          initializations === 1 && invocationsOfLife === 1 ? life?.initDurationMs : undefined,
      });
    }
    run.finish(log.slice(begun?.logStart ?? 0));
    run = undefined;
    begun = undefined;
    deadlineMs = undefined;
  }

  function limit(limitMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(timeOut, limitMs + configuration.timeoutGraceMs, limitMs);
  }

  function timeOut(limitMs: number): void {
    if (run !== undefined) {
      const errorMessage = timeoutMessage(run.invocation.requestId, limitMs);
      log += `${errorMessage}\n\n`;
      run.fail(functionError({ errorMessage }));
    }
    life?.kill();
  }

  async function reset(errorOf: (invocation: Invocation) => FunctionError): Promise<void> {
    clearTimeout(timer);
    run?.fail(errorOf(run.invocation));
    await finish();
    life = undefined;
    changed();
  }

  async function end(order: (runtime: RuntimeLife) => void): Promise<ProcessEnd> {
    alive = false;
    await starting;
    if (life !== undefined) order(life);
    const ended = await lifeEnd;
    await sandbox.remove();
    changed();
    return ended;
  }

  await initialize(initLimitMs).catch(async (error: unknown) => {
    clearTimeout(timer);
    await sandbox.remove();
    throw error;
  });

  return {
    get pid() {
      return pid;
    },
    logStreamName: sandbox.logStreamName,
    tmpFolder: sandbox.tmpFolder,
    get invocations() {
      return invocations;
    },
    get initializations() {
      return initializations;
    },
    get frozen() {
      return life?.frozen === true;
    },
    get running() {
      return life?.usable === true;
    },
    get idle() {
      return alive && run === undefined && (life === undefined || isFree(life));
    },
    get busy() {
      return alive && (run !== undefined || (life !== undefined && !isFree(life)));
    },
    get finishing() {
      return alive && life?.usable === true && run?.answered === true;
    },
    get alive() {
      return alive;
    },
    invoke(invocation) {
      const taken = createRun(invocation);
      run = taken;
      if (life === undefined) {
        deadlineMs = Date.now() + configuration.timeoutMs;
        starting = initialize(configuration.timeoutMs).catch((error: unknown) =>
          reset(() => exitError(invocation, String(error))),
        );
      } else {
        advance();
      }
      return taken.seen;
    },
    log: () => log,
    async shutdown(): Promise<Shutdown> {
      const orderedMs = performance.now();
      const ended = await end((runtime) => runtime.shutdown(shutdownGraceMs));
      return { ...ended, durationMs: performance.now() - orderedMs };
    },
    killRuntime() {
      if (life?.usable !== true || run?.answered === false) return false;
      life.kill();
      return true;
    },
    async kill() {
      await end((runtime) => runtime.kill());
    },
  };
}

function isFree(life: RuntimeLife): boolean {
  return life.usable && life.waiting;
}
