import {
  guarded,
  type Invocation,
  type InvocationDescriptor,
  invocations,
} from "@prefreeze/core/adapter";

type Do = (...args: unknown[]) => unknown;

/**
 * Counts what the steps of a run record at once, and pushes it when a step has ended: the run may sleep for days, and
 * its replay in another isolate does not repeat its steps.
 *
 * @param step the second argument of `run`
 */
export function observeSteps(
  step: object,
  run: Invocation,
  { keepAlive }: Pick<InvocationDescriptor, "keepAlive">,
): void {
  // Recordings that belong to no invocation go to the totals.
  const outside: Invocation = { ...run, ended: true };
  let open = 0;
  const ended = () => {
    open--;
    const { store } = invocations;
    // A single slot still holds what the step has set.
    if (store.single && open === 0 && !run.ended) store.run(run, () => undefined);
    const { flush } = run;
    // The context of a Workflow waits by itself.
    if (flush) void keepAlive(async () => flush(undefined), false);
  };
  const observed = (callback: Do): Do =>
    new Proxy(callback, {
      apply(_, self, args) {
        open++;
        const run = async () => {
          try {
            return await Reflect.apply(callback, self, args);
          } finally {
            guarded(ended);
          }
        };
        return invocations.store.run(outside, run);
      },
    });
  const original: unknown = Reflect.get(step, "do");
  if (typeof original !== "function") return;
  // A property of the stub itself: the stub can still be sent to others.
  Reflect.defineProperty(step, "do", {
    value: (...args: unknown[]) =>
      Reflect.apply(
        original,
        step,
        args.map((arg) => (typeof arg === "function" ? observed(arg as Do) : arg)),
      ) as unknown,
    configurable: true,
    writable: true,
  });
}
