import type { InvocationKind } from "./faults.js";
import { type FleetOptions, type Response, startFleet } from "./fleet.js";
import type { OrderEvent } from "./function/order.js";

/** What the handler without metrics answers, by what happens in the invocation. */
export interface BareAnswers {
  /** How an answer differs; undefined where it does not. */
  changeIn(response: Response): string | undefined;
}

/** Asks the handler without metrics, once for each kind of what can happen. */
export async function askBare(
  kinds: ReadonlySet<InvocationKind | undefined>,
  options: Pick<FleetOptions, "folder" | "nativeClient">,
): Promise<BareAnswers> {
  const fleet = await startFleet({ ...options, name: "bare", environments: kinds.size });
  try {
    const events = [...kinds].map((kind, id): OrderEvent => {
      const calm: OrderEvent = { id, plan: "pro", amount: 1, runMs: 0 };
      return kind ? { ...calm, kind } : calm;
    });
    const answers = new Map(
      (await fleet.invoke(events)).map((response) => [response.event.kind, comparable(response)]),
    );
    return {
      changeIn(response) {
        const answer = comparable(response);
        const bare = answers.get(response.event.kind);
        return answer === bare
          ? undefined
          : `invocation ${response.event.id}: ${answer} for ${bare}`;
      },
    };
  } finally {
    await fleet.stop();
  }
}

/** An answer, where what is another one each time gives way to whether it is as it should be. */
function comparable({ event, functionError, payload }: Response): string {
  const { stackTrace, trace, ...answer } = payload;
  const values = Object.entries({ functionError, ...answer }).map(([name, value]) => {
    if (Object.hasOwn(event, name)) return [name, value === event[name as keyof OrderEvent]];
    return OF_ITS_OWN.has(name) ? [name, typeof value] : [name, value];
  });
  return JSON.stringify([...values, typeof stackTrace, typeof trace])
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
}

const OF_ITS_OWN = new Set(["boot", "pid", "first", "handlerMs", "handedOverAtMs"]);
