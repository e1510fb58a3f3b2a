import type { InvocationKind } from "./faults.js";
import { type FleetOptions, type Response, startFleet } from "./fleet.js";
import type { OrderEvent } from "./function/order.js";

/** The answers of the handler without metrics, by what happens in the invocation. */
export interface BareAnswers {
  /** How an answer differs from the bare handler's; undefined if it does not. */
  changeIn(response: Response): string | undefined;
}

/** Invokes the handler without metrics once for each kind of fault, and once without any. */
export async function askBare(
  kinds: ReadonlySet<InvocationKind | undefined>,
  options: Pick<FleetOptions, "folder" | "nativeClient">,
): Promise<BareAnswers> {
  const fleet = await startFleet({ ...options, name: "bare", environments: kinds.size });
  try {
    const events = [...kinds].map((kind, id): OrderEvent => {
      const withoutFault: OrderEvent = { id, plan: "pro", amount: 1, runMs: 0 };
      return kind ? { ...withoutFault, kind } : withoutFault;
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
          : `invocation ${response.event.id}: ${answer} instead of ${bare}`;
      },
    };
  } finally {
    await fleet.stop();
  }
}

/** An answer in comparable form: values that differ each time are replaced by whether they are valid. */
function comparable({ event, functionError, payload }: Response): string {
  const { stackTrace, trace, ...answer } = payload;
  const values = Object.entries({ functionError, ...answer }).map(([name, value]) => {
    if (Object.hasOwn(event, name)) return [name, value === event[name as keyof OrderEvent]];
    return DIFFERS_EACH_TIME.has(name) ? [name, typeof value] : [name, value];
  });
  return JSON.stringify([...values, typeof stackTrace, typeof trace])
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
}

const DIFFERS_EACH_TIME = new Set(["boot", "pid", "first", "handlerMs", "handedOverAtMs"]);
