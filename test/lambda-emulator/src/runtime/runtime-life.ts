import { createExtensions } from "./extensions.js";
import { isForExtensions, serveExtensionsApi } from "./extensions-api.js";
import { environmentVariables, type FunctionConfiguration } from "./function-configuration.js";
import type { FunctionError, Invocation } from "../invocation/invocation.js";
import { listenOnLoopback } from "../loopback/loopback-server.js";
import type { Responder } from "../invocation/run.js";
import { serveRuntimeApi } from "./runtime-api.js";
import { runtimeCommand } from "./runtime-command.js";
import { startRuntimeProcess, type ProcessEnd } from "./runtime-process.js";
import type { Sandbox } from "./sandbox.js";

/** The runtime of an environment from its start to its end, with the extensions inside it. */
export interface RuntimeLife {
  readonly pid: number;
  readonly frozen: boolean;
  /** Since the start, until the runtime and its extensions first waited; undefined before. */
  readonly initDurationMs: number | undefined;
  /** `next` calls of the runtime that wait for an invocation. */
  readonly vacancies: number;
  /** The runtime and all extensions wait for what comes next: nothing is left to do. */
  readonly waiting: boolean;
  /** False from `kill` on. */
  readonly usable: boolean;
  /** Resolves when the process and all it started are gone, and all that it sent is read. */
  readonly ended: Promise<ProcessEnd>;
  /** Hands an invocation to the runtime and to the extensions; there must be a vacancy. */
  deliver(invocation: Invocation, deadlineMs: number): void;
  freeze(): void;
  thaw(): void;
  kill(): void;
  /**
   * Ends the runtime as AWS does: at once, or where an extension has registered, with a SIGTERM
   * and `graceMs` until the SIGKILL.
   */
  shutdown(graceMs: number): void;
}

interface LifeListener {
  /** The runtime or an extension has asked for what comes next. */
  waits(): void;
  /** Undefined where no such invocation waits for a response. */
  respond(requestId: string): Responder | undefined;
  /** The runtime or an extension has failed for good. */
  failed(error: FunctionError): void;
  log(text: string): void;
}

/** Starts a runtime, with a Runtime API and an Extensions API for it alone. */
export async function startRuntimeLife(
  configuration: FunctionConfiguration,
  sandbox: Sandbox,
  listener: LifeListener,
): Promise<RuntimeLife> {
  const beganMs = performance.now();
  let initDurationMs: number | undefined;
  let usable = true;
  let grace: NodeJS.Timeout | undefined;
  const vacancies: ((invocation: Invocation, deadlineMs: number) => void)[] = [];
  const extensions = createExtensions(
    configuration.managedInstances === undefined ? ["INVOKE"] : [],
  );

  // The runtime finds its server by host and port only, so every life has its own.
  const server = await listenOnLoopback((request, response) =>
    isForExtensions(request)
      ? serveExtensionsApi(configuration, extensions, extensionListener, request, response)
      : serveRuntimeApi(runtimeListener, request, response),
  );
  const variables = environmentVariables(configuration, sandbox, server.address);
  const runtime = await startRuntimeProcess(
    runtimeCommand(configuration, variables),
    listener.log,
  ).catch((error: unknown) => {
    server.close();
    throw error;
  });

  function waits(): void {
    if (isWaiting()) initDurationMs ??= performance.now() - beganMs;
    listener.waits();
  }
  function isWaiting(): boolean {
    return vacancies.length > 0 && extensions.waiting;
  }
  function kill(): void {
    usable = false;
    runtime.kill();
  }
  const runtimeListener = {
    next(deliver: (invocation: Invocation, deadlineMs: number) => void) {
      extensions.closeRegistration();
      vacancies.push(deliver);
      waits();
    },
    respond: listener.respond,
    initError: listener.failed,
  };
  const extensionListener = {
    extensionWaits: waits,
    extensionFailed(error: FunctionError) {
      listener.failed(error);
      kill();
    },
  };

  return {
    pid: runtime.pid,
    get frozen() {
      return runtime.frozen;
    },
    get initDurationMs() {
      return initDurationMs;
    },
    get vacancies() {
      return vacancies.length;
    },
    get waiting() {
      return isWaiting();
    },
    get usable() {
      return usable;
    },
    ended: runtime.ended.then(async (end) => {
      usable = false;
      clearTimeout(grace);
      // A response that the process posted with its last breath still counts.
      await server.drained();
      server.close();
      return end;
    }),
    deliver(invocation, deadlineMs) {
      runtime.thaw();
      vacancies.shift()?.(invocation, deadlineMs);
      extensions.invoke(invocation, deadlineMs);
    },
    freeze: () => runtime.freeze(),
    thaw: () => runtime.thaw(),
    kill,
    shutdown(graceMs) {
      if (extensions.registered === 0) return kill();
      usable = false;
      runtime.thaw();
      runtime.terminate();
      grace = setTimeout(kill, graceMs);
    },
  };
}
