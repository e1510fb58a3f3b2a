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

/**
 * The conflicts of these metrics with the groups that a gateway holds. For Pushgateway 1.11.0, which resets the
 * connection instead of answering.
 *
 * @param metrics their types by name
 * @param groups the answer of `/api/v1/metrics`, or the start of it
 */
export function conflictsAmong(metrics: ReadonlyMap<string, string>, groups: string): Conflict[] {
  const families = groups.matchAll(/"([\w:]+)":\{"time_stamp":"[^"]*","type":"(\w+)"/g);
  return Array.from(families).flatMap(([, name = "", theirs = ""]) => {
    const type = theirs.toLowerCase();
    const base = name.replace(/_(count|sum|bucket)$/, "");
    if (metrics.has(name) && metrics.get(name) !== type) return { names: [name], types: [type] };
    // Counters and gauges have no such series.
    const collides = base !== name && /histogram|summary/.test(metrics.get(base) ?? "");
    return collides ? { names: [base, name], types: [type] } : [];
  });
}
