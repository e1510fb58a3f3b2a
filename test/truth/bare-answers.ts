import type { Fault } from "./faults.js";
import { type Response, startFleet } from "./fleet.js";
import type { OrderEvent } from "./function/order.js";

/** What the handler without metrics answers, by what happens in the invocation. */
export interface BareAnswers {
  /** What is different in an answer; undefined where nothing is. */
  changeIn(response: Response): string | undefined;
}

/** Asks the handler itself, once for each fault that there is. */
export async function bareAnswers(
  folder: string,
  faults: ReadonlySet<Fault>,
): Promise<BareAnswers> {
  const wanted: OrderEvent["fault"][] = [
    undefined,
    ...(["throw", "timeout", "blocked", "killed"] as const).filter((fault) => faults.has(fault)),
    ...(faults.has("crash") ? (["exit", "uncaught"] as const) : []),
  ];
  const fleet = await startFleet(folder, "bare", wanted.length, {});
  try {
    const events = wanted.map((fault, id): OrderEvent => {
      const event = { id, plan: "pro", amount: 1, runMs: 0 } as const;
      return fault ? { ...event, fault } : event;
    });
    const answers = new Map<OrderEvent["fault"], string>();
    for (const response of await fleet.invoke(events))
      answers.set(response.event.fault, comparable(response));
    return {
      changeIn(response) {
        const answer = comparable(response);
        const bare = answers.get(response.event.fault);
        return answer === bare ? undefined : `${answer} for ${bare}`;
      },
    };
  } finally {
    await fleet.stop();
  }
}

/** The answer without what is another one each time. */
function comparable({ payload, event }: Response): string {
  const answer = JSON.parse(payload) as Record<string, unknown>;
  const { handlerMs, first, id, trace, stackTrace, ...rest } = answer;
  const own = id === undefined || id === event.id ? {} : { id };
  const shape = [handlerMs, first, id, trace, stackTrace].map((value) => typeof value);
  return JSON.stringify({ ...rest, ...own, shape })
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
}
