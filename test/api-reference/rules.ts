/** What `programs/read-symbols.mjs` tells of one export, of a member of one, or of a function's parameter or result. */
export interface PublicSymbol {
  /** `Options.flushTimeoutMs`, `counter`, `counter(options)` for a parameter, `counter()` for what it returns. */
  readonly path: string;
  /** File and line, from the repository's folder. */
  readonly place: string;
  readonly kind: "Function" | "Module" | "Parameter" | "Result" | "Type" | "Value";
  /** What the docstring says of it, without tags. */
  readonly text: string;
  /** All that the docstring says that it stands in, with tags. */
  readonly context: string;
  /** The texts of the docstring's tags, by name. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly isOptional: boolean;
  /** A number, several, or a number among others. */
  readonly isNumeric: boolean;
  /** A number, a string or a boolean. */
  readonly isPrimitive: boolean;
  /** The errors that leave the function, by the type of what is thrown. */
  readonly throws: readonly { readonly name: string; readonly place: string }[];
}

/** A name that ends so has this unit. */
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
 * What the docstrings lack for the API reference to be complete: a summary of everything; the unit, the range and
 * the default of every number that can be set; the default of everything else that can be left out; every error.
 *
 * @returns one line a fault, in the order of the files
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
  // What is thrown again is what another function threw, ours or not.
  places.delete("unknown");
  places.delete("any");
  return [...places]
    .filter(([name]) => !new RegExp(`\\b${name}\\b`).test(documented))
    .map(([name, place]) => `throws ${name} (${place}), and has no @throws ${name}`);
}

function isOption({ kind, path }: PublicSymbol): boolean {
  return kind === "Value" && /Options\.\w+$/.test(path);
}

/** The last part of the path: of a result, the function's name. */
function nameOf({ path }: PublicSymbol): string {
  return /([\w$]+)(?:\(\)|\))?$/.exec(path)?.[1] ?? path;
}
