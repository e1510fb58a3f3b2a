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
  /**
   * Time from the start until the runtime and its extensions first waited. Undefined before that.
   */
  readonly initDurationMs: number | undefined;
  /** How many `next` calls of the runtime wait for an invocation. */
  readonly vacancies: number;
  /** The runtime and all extensions wait for their next event: nothing is left to do. */
  readonly waiting: boolean;
  /** False from `kill` on. */
  readonly usable: boolean;
  /**
   * Resolves when the process and its children are gone, and everything they sent has been read.
   */
  readonly ended: Promise<ProcessEnd>;
  /** Hands an invocation to the runtime and to the extensions. There must be a vacancy. */
  deliver(invocation: Invocation, deadlineMs: number): void;
  freeze(): void;
  thaw(): void;
  kill(): void;
  /**
   * Ends the runtime as AWS does: with SIGKILL at once, or, if an extension has registered, with
   * SIGTERM and a SIGKILL after `graceMs`.
   */
  shutdown(graceMs: number): void;
}

interface LifeListener {
  /** The runtime or an extension has asked for its next event. */
  waits(): void;
  /** @returns undefined if no invocation with this id waits for a response */
  respond(requestId: string): Responder | undefined;
  /** The runtime or an extension has reported an error that ends it. */
  failed(error: FunctionError): void;
  log(text: string): void;
}

/** Starts a runtime with a Runtime API and an Extensions API of its own. */
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

  // The runtime is told nothing but host and port, so each life needs a server of its own.
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
      // A response that the process posted just before it ended still counts.
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
