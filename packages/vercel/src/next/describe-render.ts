import {
  errorTypeOf,
  type InvocationDescriptor,
  isThrownAnswer,
  type Observation,
  shared,
  startTimer,
} from "@prefreeze/core/adapter";
import { noteError } from "../runtime/seen-errors.js";
import { describeCall } from "./describe-call.js";
import { afterResponse, currentRender, isStatic } from "./render.js";

/**
 * A static page that is rendered again ends no later than this after its component, in milliseconds: what reads the
 * render in the background may not tell its end, as in Next.js 15.
 */
const STATIC_RENDER_MS = 1_000;

/** The one invocation of all pages and layouts that a request renders. */
interface Render {
  /** Renders another page or layout of the request as a part of the invocation. */
  join(component: () => unknown): unknown;
  /** Something in it threw. @returns false if the invocation has ended, and has not failed */
  fail(thrown: unknown): boolean;
}

const renders = shared("renders", { byRequest: new WeakMap<object, Render>() }).byRequest;

/** The render that Next.js is in. @returns undefined if nothing of it is wrapped, or if that has not begun */
export function renderUnderWay(): Render | undefined {
  const request = currentRender();
  return request && renders.get(request);
}

/** Describes the render of a request, at its first wrapped page or layout. */
export function describeRender(request: object | undefined): InvocationDescriptor {
  const described = describeCall([]);
  let errorType: string | undefined;
  let sent: Promise<void> | undefined;
  let late: (() => void) | undefined;
  let flushed: Promise<void> | undefined;
  return {
    ...described,
    detached: true,
    failureIn: () => errorType,
    isAnswer(thrown) {
      const answered = described.isAnswer?.(thrown) === true;
      if (!answered) errorType ??= errorTypeOf(thrown);
      return answered;
    },
    started(observation) {
      described.started?.(observation);
      if (request) renders.set(request, renderOf(observation));
      let resolve!: () => void;
      const over = new Promise<void>((done) => (resolve = done));
      const accepted = afterResponse(request, async () => {
        // What still renders for a client that has gone may never end.
        void observation.returned(undefined);
        resolve();
        await flushed;
      });
      if (accepted) sent = over;
      if (accepted && isStatic(request)) late = resolve;
    },
    completion() {
      if (late) startTimer(late, STATIC_RENDER_MS, true);
      return sent;
    },
    keepAlive(flush, threw) {
      const held = described.keepAlive(() => (flushed = flush()), threw);
      return sent ? undefined : held;
    },
  };

  function renderOf(observation: Observation): Render {
    const fail = (thrown: unknown) => {
      // React reports an error again when it writes the HTML, as a copy: the invocation has failed already.
      if (observation.isSettled()) return errorType !== undefined;
      if (!isThrownAnswer(thrown)) errorType ??= errorTypeOf(thrown);
      return true;
    };
    const failed = (thrown: unknown): never => {
      if (fail(thrown)) noteError(thrown);
      throw thrown;
    };
    return {
      fail,
      join(component) {
        try {
          const element = observation.run(component);
          return element instanceof Promise ? element.catch(failed) : element;
        } catch (thrown) {
          return failed(thrown);
        }
      },
    };
  }
}
