import { PassThrough, type Readable, type Writable } from "node:stream";
import { functionError, type FunctionError, type Invocation } from "./invocation.js";

/** An invocation that an environment has accepted, as its caller sees it. No promise rejects. */
export interface Run {
  /** The response as it arrives, with backpressure on the function. */
  readonly body: Readable;
  /** Resolves when the response is complete, or with the error if the invocation failed. */
  readonly answer: Promise<FunctionError | undefined>;
  /** Resolves with the log of the invocation when it and its extensions are done. */
  readonly log: Promise<string>;
}

/** Takes the response of one invocation from the runtime. */
export interface Responder {
  readonly body: Writable;
  /** Ends the response. With an error it has failed, maybe after part of the body. */
  end(error?: FunctionError): void;
}

/** The same invocation, as its environment sees it. */
export interface CurrentRun {
  readonly invocation: Invocation;
  readonly seen: Run;
  /** The response is complete, or has failed. */
  readonly answered: boolean;
  /** The runtime has started to respond. */
  readonly responding: boolean;
  /**
   * @returns undefined if the runtime has started to respond already, or the invocation has failed
   */
  respond(): Responder | undefined;
  /** Answers with an error, unless the invocation is answered already. */
  fail(error: FunctionError): void;
  /** The invocation and its extensions are done. */
  finish(log: string): void;
}

/** Creates a run that has not started. */
export function createRun(invocation: Invocation): CurrentRun {
  const body = new PassThrough();
  let resolveAnswer: (error: FunctionError | undefined) => void = () => {};
  let resolveLog: (log: string) => void = () => {};
  let answered = false;
  let responding = false;

  function answer(error?: FunctionError): void {
    if (answered) return;
    answered = true;
    body.end();
    resolveAnswer(error);
  }

  return {
    invocation,
    seen: {
      body,
      answer: new Promise((resolve) => (resolveAnswer = resolve)),
      log: new Promise((resolve) => (resolveLog = resolve)),
    },
    get answered() {
      return answered;
    },
    get responding() {
      return responding;
    },
    respond() {
      if (responding || answered) return undefined;
      responding = true;
      return { body, end: answer };
    },
    fail: answer,
    finish: (log) => resolveLog(log),
  };
}

/** The error of an invocation whose runtime has ended. */
export function exitError(invocation: Invocation, reason: string): FunctionError {
  const errorMessage = `RequestId: ${invocation.requestId} Error: Runtime exited ${reason}`;
  return functionError({ errorType: "Runtime.ExitError", errorMessage });
}
