// A job keeps the type of what it returns. This file is not run: the compiler judges it.
import { instrumentJob } from "@prefreeze/node";
import { type Equal, holds } from "../../../../test/types/equal.js";

holds<Equal<Promise<number>, ReturnType<typeof asynchronous>>>();
holds<Equal<Promise<"done">, ReturnType<typeof synchronous>>>();
holds<Equal<Promise<void>, ReturnType<typeof returnsNothing>>>();
holds<Equal<Promise<never>, ReturnType<typeof throws>>>();

function asynchronous() {
  return instrumentJob("a", async () => 1);
}
function synchronous() {
  return instrumentJob("b", () => "done" as const);
}
function returnsNothing() {
  return instrumentJob("c", async () => {});
}
function throws() {
  return instrumentJob("d", (): never => {
    throw new Error("never");
  });
}
export function wrong() {
  // @ts-expect-error -- a job takes no arguments
  void instrumentJob("e", (event: object) => event);
  // @ts-expect-error -- a name is needed
  void instrumentJob(() => 1);
  void instrumentJob("f", () => 1, { job: "shop", flushTimeoutMs: 500 });
}
