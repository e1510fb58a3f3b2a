interface Listed {
  readonly labels: Readonly<Record<string, string>>;
  readonly last_push_successful: boolean;
}

interface ListedFamily {
  readonly type: string;
  readonly help?: string;
  readonly metrics: readonly { readonly labels: object; readonly value?: string }[];
}

/**
 * Reduces the answer of `/api/v1/metrics` to what two gateways must agree on: groups, families and series in an order of
 * their own, since the real gateway has none. Of push times it keeps "never" or "once".
 */
export function comparableGroups(json: string): string {
  const { status, data } = JSON.parse(json) as { status: string; data: readonly Listed[] };
  const groups = data.map(({ labels, last_push_successful, ...families }) => {
    const described = Object.entries(families as Record<string, ListedFamily>).map(
      ([name, { type, help, metrics }]) => [name, type, help, metrics.map(seriesOf(name)).sort()],
    );
    return JSON.stringify([sorted(labels), last_push_successful, described.sort()]);
  });
  return [status, ...groups.sort()].join("\n");
}

function seriesOf(name: string): (series: ListedFamily["metrics"][number]) => string {
  const isPushTime = /^push_(?:failure_)?time_seconds$/.test(name);
  return ({ labels, value, ...points }) =>
    JSON.stringify([
      sorted(labels),
      isPushTime ? (value === "0" ? "never" : "once") : value,
      sorted(points).map(([member, each]) => [
        member,
        typeof each === "object" ? sorted(each as object) : withinDoubles(each),
      ]),
    ]);
}

/** A negative count is one of 64 bits in the real gateway, which a double cannot tell from its neighbours. */
const withinDoubles = (value: unknown): unknown =>
  /^\d{17,}$/.test(String(value)) ? Number(value) : value;

const sorted = (members: object): [string, unknown][] => Object.entries(members).sort();
