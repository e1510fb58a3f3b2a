/** The function that measures a class, by the class of the runtime that it extends. */
export const WRAPPERS = {
  WorkerEntrypoint: "instrumentEntrypoint",
  DurableObject: "instrumentDurableObject",
  WorkflowEntrypoint: "instrumentWorkflow",
} as const;

/** The class of the runtime that a class extends. @returns undefined if it extends none */
export function baseOf(Class: object): keyof typeof WRAPPERS | undefined {
  let from: object | null = Reflect.getPrototypeOf(Class);
  for (; from && from !== Function.prototype; from = Reflect.getPrototypeOf(from)) {
    const name = String(Reflect.get(from, "name"));
    // The runtime's own classes keep their names in a minified bundle.
    if (Object.hasOwn(WRAPPERS, name)) return name as keyof typeof WRAPPERS;
  }
  return undefined;
}
