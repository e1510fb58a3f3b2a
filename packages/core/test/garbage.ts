const nothing: unknown = Object.create(null);

/** What JavaScript lets people pass where a number or labels belong. */
export const garbage: readonly (readonly [description: string, value: unknown])[] = [
  ["a text", "5"],
  ["an empty text", ""],
  ["null", null],
  ["a boolean", true],
  ["a bigint", 5n],
  ["a symbol", Symbol("five")],
  ["a function", () => 5],
  ["an array", [5]],
  ["a date", new Date(5)],
  ["a boxed number", Object(5)],
  ["an object without prototype", nothing],
  ["an object that is a number to arithmetic", { valueOf: () => 5 }],
  [
    "an object that arithmetic throws at",
    {
      valueOf() {
        throw new Error("no number");
      },
    },
  ],
  [
    "an object that nobody may look at",
    new Proxy(
      {},
      {
        get() {
          throw new Error("no looking");
        },
        ownKeys() {
          throw new Error("no listing");
        },
      },
    ),
  ],
  ["a promise", Promise.resolve(5)],
];
