import { errorTypeOfStatus, type Occasion, state } from "@prefreeze/core/adapter";
import type { WorkerContext } from "./instrument.js";

/** What the runtime tells of a request: `(request, env, ctx)`. */
export function fetchOccasion([request, , ctx]: readonly unknown[]): Occasion {
  return {
    ...occasion(ctx),
    id: (request as Request).headers.get("cf-ray") ?? crypto.randomUUID(),
    trigger: "http",
    failureIn: (result) => errorTypeOfStatus((result as { status?: unknown } | undefined)?.status),
  };
}

/** What the runtime tells of a cron trigger: `(controller, env, ctx)`. */
export function scheduledOccasion([, , ctx]: readonly unknown[]): Occasion {
  return { ...occasion(ctx), id: crypto.randomUUID(), trigger: "timer" };
}

function occasion(ctx: unknown): Pick<Occasion, "key" | "hold"> {
  return {
    // Without a context, it can only be inside of the request that runs.
    key: ctx ?? state.store.getStore()?.key ?? {},
    hold(flush) {
      (ctx as WorkerContext).waitUntil(flush());
      return undefined;
    },
  };
}
