/** Metrics that a gateway does not take side by side, as its answer names them. */
export interface Conflict {
  /** One name that has two types, or two names that collide (`h` and `h_count`). */
  readonly names: readonly string[];
  /** The types that the answer mentions, in lower case. */
  readonly types: readonly string[];
}

/**
 * The metrics for whose sake a Pushgateway refused a push.
 *
 * Source: the answers of Pushgateway 1.5.1 and 1.11.2, and those of `@prefreeze/gateway`
 */
export function conflictsIn(answer: string): Conflict[] {
  if (!answer.includes("inconsistent with existing metrics")) return [];
  return answer.split("\n").flatMap((line) => {
    // The braces hold labels, whose values anyone can write, and then the type. An answer may end within them.
    const [series = ""] = /\{.*\}|\{.*$/.exec(line) ?? [];
    const text = line.replace(series, "");
    const quoted = text.matchAll(/"([\w:]+)"|family ([\w:]+) has/g);
    const names = Array.from(quoted, ([, name, family]) => (name ?? family)!);
    const type = series.match(/(counter|gauge|histogram|summary|untyped):[<{]/g)?.at(-1);
    const types = `${text} ${type}`.match(/\b(counter|gauge|histogram|summary|untyped)\b/gi) ?? [];
    return names.length > 0 ? { names, types: types.map((each) => each.toLowerCase()) } : [];
  });
}
