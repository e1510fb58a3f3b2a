/** One sample, a line of the text format. */
export interface Sample {
  /** The name, with its suffix `_bucket`, `_sum` or `_count` if it has one. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric family: the lines from one `# TYPE` to the next. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: readonly Sample[];
}

const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/su;
const TYPE = /^(?:counter|gauge|histogram|summary|untyped)$/u;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/su;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/suy;
const NUMBER = /^[+-]?(?:\d+(?:\.\d+)?(?:e[+-]\d+)?|Inf)$|^NaN$/u;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
};

/**
 * Parses the text format 0.0.4 as the Pushgateway writes it. Stricter than a scraper.
 *
 * @throws Error that names the line
 */
export function parseText(text: string): Family[] {
  const families: { name: string; type: string; help: string | undefined; samples: Sample[] }[] =
    [];
  const names = new Set<string>();
  let help: { name: string; text: string } | undefined;
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the text does not end with a line feed");
  for (const [index, line] of lines.entries()) {
    const fail = (what: string): never => {
      throw new Error(`line ${index + 1}: ${what}: ${JSON.stringify(line.slice(0, 500))}`);
    };
    // For an aggregator. To a gateway, these are comments.
    if (/^# (ACKNOWLEDGED \d+|AGGREGATE \S+ (sum|max|min))$/u.test(line)) continue;
    if (line.startsWith("#")) {
      const [, keyword, name = "", rest = ""] = COMMENT.exec(line) ?? fail("not a HELP or TYPE");
      if (keyword === "HELP") {
        if (help !== undefined) fail("HELP after HELP");
        help = { name, text: unescape(rest, "\\n", fail) };
        continue;
      }
      if (help !== undefined && help.name !== name) fail(`TYPE after the HELP of ${help.name}`);
      if (names.has(name)) fail("second TYPE");
      if (!TYPE.test(rest)) fail("unknown type");
      names.add(name);
      families.push({ name, type: rest, help: help?.text, samples: [] });
      help = undefined;
      continue;
    }
    const family = families.at(-1);
    if (family === undefined || help !== undefined) return fail("sample without its TYPE");
    const [, name = "", pairs = "", number = ""] = SAMPLE.exec(line) ?? fail("not a sample");
    if (!(SUFFIXES[family.type] ?? [""]).some((suffix) => name === family.name + suffix)) {
      fail(`sample of another family than the ${family.type} ${family.name}`);
    }
    if (!NUMBER.test(number)) fail("not a number");
    family.samples.push({ name, labels: parseLabels(pairs, fail), value: parseNumber(number) });
  }
  if (help !== undefined) throw new Error(`HELP of ${help.name} without TYPE`);
  return families;
}

/**
 * Sums the samples with this name and these labels.
 *
 * @param name the name of the sample, with its suffix `_bucket`, `_sum` or `_count` if it has one
 * @param labels the labels that must match; other labels may have any value
 * @returns the sum, or undefined if no sample matches
 */
export function sample(
  families: readonly Family[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const values = families
    .flatMap((family) => family.samples)
    .filter(
      (one) =>
        one.name === name &&
        Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    )
    .map(({ value }) => value);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

function parseLabels(pairs: string, fail: (what: string) => never): Record<string, string> {
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < pairs.length) {
    const [, name = "", raw = ""] = LABEL.exec(pairs) ?? fail("bad label");
    if (labels.has(name)) fail(`label ${name} twice`);
    labels.set(name, unescape(raw, '\\n"', fail));
  }
  if (pairs.endsWith(",")) fail("comma after the last label");
  return Object.fromEntries(labels);
}

function unescape(text: string, allowed: string, fail: (what: string) => never): string {
  return text.replace(/\\(.?)/gsu, (_, character: string) => {
    if (character === "" || !allowed.includes(character)) fail("bad escape");
    return character === "n" ? "\n" : character;
  });
}

function parseNumber(text: string): number {
  return text.endsWith("Inf") ? Number(text.replace("Inf", "Infinity")) : Number(text);
}
