const nothing: unknown = Object.create(null);

/** Values that JavaScript lets people pass for a number or for labels. */
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
  ["an object that converts to a number", { valueOf: () => 5 }],
  [
    "an object that throws when converted to a number",
    {
      valueOf() {
        throw new Error("no number");
      },
    },
  ],
  [
    "an object that throws on every access",
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
