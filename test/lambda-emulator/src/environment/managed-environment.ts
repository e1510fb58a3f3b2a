import { setImmediate as nextTurn } from "node:timers/promises";
import type { Environment, Shutdown } from "./environment.js";
import type { FunctionConfiguration, ManagedInstances } from "../runtime/function-configuration.js";
import { functionError, type Invocation } from "../invocation/invocation.js";
import { startLine, timeoutMessage } from "../invocation/platform-log.js";
import { createRun, exitError, type CurrentRun } from "../invocation/run.js";
import { startRuntimeLife } from "../runtime/runtime-life.js";
import { exitReason, type ProcessEnd } from "../runtime/runtime-process.js";
import { createSandbox } from "../runtime/sandbox.js";

// AWS allows the initialization of a managed instance the function's timeout, but at least this.
const minInitLimitMs = 130_000;
// With an extension AWS's own emulator allows a shutdown 2 s; the runtime may use 600 ms of them.
const shutdownGraceMs = 600;

interface ManagedRun {
  readonly run: CurrentRun;
  begun: boolean;
  logStart: number;
  timer?: NodeJS.Timeout;
}

/**
 * Starts an environment of Managed Instances. It runs `maxConcurrency` invocations at once and is
 * never frozen. An invocation that exceeds the function's timeout is answered as timed out and left
 * running. The environment ends with its process, and another takes its place.
 *
 * @param changed called when there is room for another invocation, and when the environment has
 *   ended
 */
export async function startManagedEnvironment(
  configuration: FunctionConfiguration,
  { maxConcurrency }: ManagedInstances,
  changed: () => void,
): Promise<Environment> {
  const sandbox = await createSandbox();
  const runs = new Map<string, ManagedRun>();
  let log = "";
  let invocations = 0;
  let alive = true;

  const life = await startRuntimeLife(configuration, sandbox, {
    waits() {
      if (life.initDurationMs === undefined) return;
      clearTimeout(initTimer);
      deliver();
      changed();
    },
    respond(requestId) {
      const current = runs.get(requestId);
      const responder = current?.run.respond();
      if (current === undefined || responder === undefined) return undefined;
      const end = responder.end.bind(responder);
      return {
        body: responder.body,
        end(error) {
          end(error);
          void finish(current);
        },
      };
    },
    failed(error) {
      for (const { run } of runs.values()) run.fail(error);
    },
    log(text) {
      log += text;
      configuration.onOutput(text);
    },
  }).catch(async (error: unknown) => {
    await sandbox.remove();
    throw error;
  });
  const initTimer = setTimeout(
    () => life.kill(),
    Math.max(minInitLimitMs, configuration.timeoutMs),
  );

  /**
   * Hands waiting invocations to the runtime's threads. A thread asks for the next one as soon as
   * it has one.
   */
  function deliver(): void {
    for (const current of runs.values()) {
      if (current.begun || life.vacancies === 0) continue;
      const { invocation } = current.run;
      current.begun = true;
      current.logStart = log.length;
      log += startLine(invocation.requestId);
      invocations += 1;
      current.timer = setTimeout(timeOut, configuration.timeoutMs, current);
      life.deliver(invocation, Date.now() + configuration.timeoutMs);
    }
  }

  function timeOut(current: ManagedRun): void {
    const { run } = current;
    const errorMessage = timeoutMessage(run.invocation.requestId, configuration.timeoutMs);
    log += `${errorMessage}\n\n`;
    run.fail(functionError({ errorMessage }));
    void finish(current);
  }

  async function finish({ run, timer, logStart }: ManagedRun): Promise<void> {
    clearTimeout(timer);
    await nextTurn();
    await nextTurn();
    run.finish(log.slice(logStart));
    runs.delete(run.invocation.requestId);
    changed();
  }

  const ended = life.ended.then(async (end) => {
    alive = false;
    clearTimeout(initTimer);
    for (const current of runs.values()) {
      current.run.fail(exitError(current.run.invocation, exitReason(end)));
      await finish(current);
    }
    await sandbox.remove();
    changed();
    return end;
  });

  async function end(order: () => void): Promise<ProcessEnd> {
    alive = false;
    order();
    return ended;
  }

  return {
    pid: life.pid,
    logStreamName: sandbox.logStreamName,
    tmpFolder: sandbox.tmpFolder,
    get invocations() {
      return invocations;
    },
    initializations: 1,
    frozen: false,
    get running() {
      return life.usable;
    },
    get idle() {
      return (
        alive && life.usable && life.initDurationMs !== undefined && runs.size < maxConcurrency
      );
    },
    get busy() {
      return alive && (life.initDurationMs === undefined || runs.size > 0);
    },
    // A thread asks for its next invocation before it runs the one it has, so it is never about to
    // be idle.
    finishing: false,
    get alive() {
      return alive;
    },
    invoke(invocation: Invocation) {
      const run = createRun(invocation);
      runs.set(invocation.requestId, { run, begun: false, logStart: log.length });
      if (life.initDurationMs !== undefined) deliver();
      return run.seen;
    },
    log: () => log,
    async shutdown(): Promise<Shutdown> {
      const orderedMs = performance.now();
      const how = await end(() => life.shutdown(shutdownGraceMs));
      return { ...how, durationMs: performance.now() - orderedMs };
    },
    killRuntime() {
      if (!life.usable || runs.size > 0) return false;
      life.kill();
      return true;
    },
    async kill() {
      await end(() => life.kill());
    },
  };
}
