/** An export, a member of an export, or a parameter or the result of a function, as `programs/read-symbols.mjs` reads it. */
export interface PublicSymbol {
  /** `Options.flushTimeoutMs`, `counter`, `counter(options)` for a parameter, `counter()` for a result. */
  readonly path: string;
  /** File and line, relative to the repository's folder. */
  readonly place: string;
  readonly kind: "Function" | "Module" | "Parameter" | "Result" | "Type" | "Value";
  /** Its description, without tags. */
  readonly text: string;
  /** The whole docstring that describes it, with tags. */
  readonly context: string;
  /** The texts of the docstring's tags, by name. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly isOptional: boolean;
  /** Its type is a number, an array of numbers, or a union with one of these. */
  readonly isNumeric: boolean;
  /** Its type is a number, a string or a boolean. */
  readonly isPrimitive: boolean;
  /** The errors that the function throws: the type of each, and the `throw` statement. */
  readonly throws: readonly { readonly name: string; readonly place: string }[];
}

/** The end of a name, the unit that it stands for, and how the unit is written. */
const UNITS: readonly (readonly [RegExp, RegExp, string])[] = [
  [/(Ms|Millis)$/, /\bmilliseconds?\b/i, "milliseconds"],
  [/Seconds$/, /(?<!milli)\bseconds?\b/i, "seconds"],
  [/Bytes$/, /\bbytes?\b/i, "bytes"],
  [/(MB|Megabytes)$/, /\b(MB|megabytes?)\b/, "megabytes"],
];
const UNIT_OR_COUNTED =
  /\b((milli)?seconds?|bytes?|megabytes?|unit|number|count|series|invocations|tries|port|status)\b/i;
const RANGE = /\bfrom -?[\d.,]+|\d (to|and) \d|\bat (least|most)\b|\bup to\b|\bfinite\b/i;
const DEFAULT = /\bdefaults?\b/i;

/**
 * Lists what is missing in docstrings. A complete docstring has a summary. If it describes a number that users set,
 * it states unit, range and default; if another option, the default. If it describes a function that throws, it has
 * `@throws` with the type of each error.
 *
 * @returns one line for each fault, sorted by file and line
 */
export function faultsIn(symbols: readonly PublicSymbol[]): string[] {
  const { compare } = new Intl.Collator("en", { numeric: true });
  return symbols
    .toSorted((a, b) => compare(a.place, b.place))
    .flatMap((symbol) =>
      faultsOf(symbol).map((fault) => `${symbol.place}: ${symbol.path} ${fault}`),
    );
}

function faultsOf(symbol: PublicSymbol): string[] {
  return [
    ...missingSummary(symbol),
    ...missingUnit(symbol),
    ...missingRange(symbol),
    ...missingDefault(symbol),
    ...missingErrors(symbol),
  ];
}

function missingSummary({ kind, text }: PublicSymbol): string[] {
  if (text.trim() !== "" || kind === "Parameter" || kind === "Result") return [];
  if (kind === "Module") return ["has no docstring with @module that says what importing it does"];
  return ["has no docstring"];
}

function missingUnit(symbol: PublicSymbol): string[] {
  const { isNumeric, kind, text, context } = symbol;
  if (!isNumeric) return [];
  const name = nameOf(symbol);
  const said = `${text}\n${context}`;
  const [, unit, word] = UNITS.find(([suffix]) => suffix.test(name)) ?? [];
  if (unit !== undefined) return unit.test(said) ? [] : [`does not state its unit, ${word}`];
  if (isOption(symbol))
    return UNIT_OR_COUNTED.test(said) ? [] : ["does not state its unit, or what it counts"];
  if (kind === "Parameter" && text === "" && !context.includes(`\`${name}\``))
    return ["has no @param, and its function does not name it"];
  if (kind === "Result" && text === "" && !/\breturns?\b/i.test(context))
    return ["has no @returns"];
  return [];
}

function missingRange(symbol: PublicSymbol): string[] {
  if (!symbol.isNumeric || !isOption(symbol) || RANGE.test(symbol.context)) return [];
  return ["does not state its range, as in: from 1 to 30,000"];
}

function missingDefault(symbol: PublicSymbol): string[] {
  const { kind, isOptional, isPrimitive, context, tags } = symbol;
  const isSet = isOption(symbol) || (kind === "Parameter" && isPrimitive);
  if (!isOptional || !isSet || DEFAULT.test(context) || tags["default"]) return [];
  return ["does not state its default, as in: Default: none"];
}

function missingErrors({ throws, tags }: PublicSymbol): string[] {
  const documented = (tags["throws"] ?? []).join("\n");
  const places = new Map(throws.map(({ name, place }) => [name, place]));
  // A rethrown error: its type is unknown here.
  places.delete("unknown");
  places.delete("any");
  return [...places]
    .filter(([name]) => !new RegExp(`\\b${name}\\b`).test(documented))
    .map(([name, place]) => `throws ${name} (${place}), and has no @throws ${name}`);
}

function isOption({ kind, path }: PublicSymbol): boolean {
  return kind === "Value" && /Options\.\w+$/.test(path);
}

/** The last name in the path. For a result, it is the function's. */
function nameOf({ path }: PublicSymbol): string {
  return /([\w$]+)(?:\(\)|\))?$/.exec(path)?.[1] ?? path;
}
