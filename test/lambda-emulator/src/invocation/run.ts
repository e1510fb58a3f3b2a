import { PassThrough, type Readable, type Writable } from "node:stream";
import { functionError, type FunctionError, type Invocation } from "./invocation.js";

/** An invocation that an environment has taken, as its caller sees it. No promise rejects. */
export interface Run {
  /** The response as it arrives; held back where it is not read. */
  readonly body: Readable;
  /** Resolves when the response is whole, or when there will be none: with the error, if it failed. */
  readonly answer: Promise<FunctionError | undefined>;
  /** Resolves with what was logged when all is done that belongs to the invocation. */
  readonly log: Promise<string>;
}

/** Where a runtime writes the response of one invocation. */
export interface Responder {
  readonly body: Writable;
  /** The response is whole, or with an error: has failed, maybe in the middle of it. */
  end(error?: FunctionError): void;
}

/** The same invocation, as its environment sees it. */
export interface CurrentRun {
  readonly invocation: Invocation;
  readonly seen: Run;
  /** The response is whole, or has failed. */
  readonly answered: boolean;
  /** The runtime has begun to respond. */
  readonly responding: boolean;
  /** Undefined once the runtime has begun to respond, or has failed. */
  respond(): Responder | undefined;
  /** Answers with an error, unless an answer is there. */
  fail(error: FunctionError): void;
  /** All is done that belongs to the invocation. */
  finish(log: string): void;
}

/** A run that has not begun. */
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

/** The error of a run whose runtime is gone. */
export function exitError(invocation: Invocation, reason: string): FunctionError {
  const errorMessage = `RequestId: ${invocation.requestId} Error: Runtime exited ${reason}`;
  return functionError({ errorType: "Runtime.ExitError", errorMessage });
}
