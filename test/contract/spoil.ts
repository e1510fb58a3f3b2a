// What other code can do to a process before prefreeze is loaded. The variable `SPOILED` chooses it.
const spoilers: Readonly<Record<string, () => void>> = {
  /** Some libraries extend all objects, and what they assign is enumerable. */
  objects() {
    const everywhere = {
      extend: () => undefined,
      plan: "everyone's",
      stage: 5,
      tags: ["a"],
      legacy: { a: 1 },
      nothing: null,
    };
    Object.assign(Object.prototype, everywhere);
  },
  /** Other code has the key that our copies share, and nobody may change it. */
  globals() {
    Object.defineProperty(globalThis, Symbol.for("prefreeze/3"), { value: Object.freeze({}) });
    console.warn = () => {
      throw new Error("no logging");
    };
  },
};

spoilers[process.env["SPOILED"] ?? ""]?.();
