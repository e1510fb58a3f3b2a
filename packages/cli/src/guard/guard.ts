import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { type Group, keyOf, type Labels } from "../groups/group.js";
import { groupPath } from "../groups/group-path.js";
import { type Census, type Definition, findGroups, type SeenGroup, takeCensus } from "./census.js";
import type { Finding, Removable, Side } from "./finding.js";
import { rank } from "./newcomer.js";
import { type RawLabels, type Reason, scrape } from "./scrape.js";

/** What is wrong at a Pushgateway. */
export interface GuardReport {
  /** The gateway's address. */
  readonly pushgateway: string;
  /** What a scrape gets: all, nothing (with status 200), or status 500. */
  readonly scrape: "whole" | "empty" | "refused";
  /** How many groups it holds. */
  readonly groups: number;
  /** Those that break scrapes first. */
  readonly findings: readonly Finding[];
}

/** A finding whose groups are still to be looked for. */
interface Draft extends Omit<Finding, "sides" | "removable"> {
  /** The side whose groups are to be deleted; its groups are found by the question. */
  readonly fault: Omit<Side, "groups" | "examples">;
  readonly isFault: (group: Group) => boolean;
  readonly others: readonly Side[];
}

const MOST_EXAMPLES = 5;
/** More would take too long to look for. They come to light when these are gone. */
const MOST_DUPLICATES = 100;

/**
 * Finds what makes scrapes of a Pushgateway fail, and which pushes it refuses: it scrapes the gateway, and reads all groups
 * once or twice, in memory that is bounded by the different metrics.
 *
 * @param options `timeoutMs`: how long the gateway may be silent; default 30,000
 * @throws ServerFault if the gateway does not answer, or is none
 */
export async function findFaults(
  pushgateway: Pushgateway,
  { timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {},
): Promise<GuardReport> {
  const seen = await scrape(pushgateway, timeoutMs);
  const reasons = seen.state === "refused" ? seen.reasons : [];
  const census = await takeCensus(pushgateway, timeoutMs);
  const drafts = [
    ...typeConflicts(census),
    ...nameCollisions(census),
    ...withOwnMetrics(census, reasons),
    ...emptyNames(census),
    ...reservedLabels(census),
  ];
  const questions = drafts.map(({ isFault }) => isFault);
  const answers = await findGroups(pushgateway, timeoutMs, questions);
  const conflicts = drafts.map((draft, index) => finish(draft, answers[index]!));
  const emptyValues = await emptyLabelValues(pushgateway, timeoutMs, census);
  const known = new Set(
    emptyValues.flatMap(({ removable }) => removable.map(({ labels }) => keyOf(labels))),
  );
  const findings: Finding[] = [
    ...conflicts,
    ...notUtf8(census, reasons),
    ...emptyValues,
    ...(await duplicates(pushgateway, timeoutMs, reasons, known)),
  ];
  const unexplained = reasons.flatMap((reason) => (reason.what === "unknown" ? [reason.text] : []));
  if (seen.state !== "whole" && !findings.some(({ severity }) => severity === "breaks-scrapes"))
    findings.push(unknown(unexplained[0] ?? (seen.state === "refused" ? seen.text : "")));
  findings.push(...refusedPushes(census), ...helpConflicts(census));
  return { pushgateway: pushgateway.url, scrape: seen.state, groups: census.groups, findings };
}

function finish({ fault, isFault: _, others, ...finding }: Draft, groups: SeenGroup[]): Finding {
  return {
    ...finding,
    sides: [...others, side(fault, groups)],
    removable: removable(groups),
  };
}

function side(what: Omit<Side, "groups" | "examples">, groups: readonly SeenGroup[]): Side {
  return { ...what, groups: groups.length, examples: groups.slice(0, MOST_EXAMPLES) };
}

/** To delete an aggregator's group mends nothing, and at the aggregator's address its totals would be lost. */
function removable(groups: readonly SeenGroup[]): Removable[] {
  return groups
    .filter(({ isAggregated }) => isAggregated !== true)
    .map(({ labels }) => ({ labels, path: groupPath(labels) }));
}

function definitionSide(metric: string, role: Side["role"], definition: Definition): Side {
  const [help = ""] = definition.helps.keys();
  const { type, groups, example } = definition;
  return { role, metric, type, help, groups, examples: [example] };
}

function* typeConflicts({ families }: Census): Generator<Draft> {
  for (const [metric, definitions] of families) {
    const [first, second, ...more] = definitions;
    if (first === undefined || second === undefined) continue;
    const { established, newcomers, evidence } = rank([first, second, ...more]);
    for (const newcomer of newcomers) {
      const [help = ""] = newcomer.helps.keys();
      yield {
        kind: "type-conflict",
        severity: "breaks-scrapes",
        what: `metric "${metric}" is a ${established.type} in some groups and a ${newcomer.type} in others`,
        metric,
        others: [definitionSide(metric, "established", established)],
        fault: { role: "newcomer", metric, type: newcomer.type, help },
        isFault: (group) => group.families.get(metric)?.type === newcomer.type,
        evidence,
        mend: "rename the metric in one of the two functions, or give it one type in both, and deploy; delete the groups that hold the other definition",
      };
    }
  }
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["_sum", "_count"],
};

function* nameCollisions({ families }: Census): Generator<Draft> {
  for (const [metric, definitions] of families) {
    const whole = definitions.find(({ type }) => type in PARTS);
    for (const suffix of PARTS[whole?.type ?? ""] ?? []) {
      const [part] = families.get(metric + suffix) ?? [];
      if (whole === undefined || part === undefined) continue;
      const { established, newcomers, evidence } = rank([whole, part]);
      const nameOf = (definition: Definition | undefined): string =>
        definition === whole ? metric : metric + suffix;
      const [newcomer] = newcomers;
      const name = nameOf(newcomer);
      yield {
        kind: "name-collision",
        severity: "breaks-scrapes",
        what: `metric "${metric + suffix}" is called as a part of the ${whole.type} "${metric}"`,
        metric: name,
        others: [definitionSide(nameOf(established), "established", established)],
        fault: { role: "newcomer", metric: name, ...(newcomer && { type: newcomer.type }) },
        isFault: (group) => group.families.get(name)?.type === newcomer?.type,
        evidence,
        mend: `rename one of the two: a ${whole.type} has series with these endings itself`,
      };
    }
  }
}

/** The gateway shows metrics of its own, whose names nobody else may give another type. */
function* withOwnMetrics({ families }: Census, reasons: readonly Reason[]): Generator<Draft> {
  for (const reason of reasons) {
    const isOwn =
      reason.what === "own" ||
      (reason.what === "collision" && families.has(reason.name) !== families.has(reason.other));
    if (!isOwn) continue;
    const metric = reason.what === "own" || families.has(reason.name) ? reason.name : reason.other;
    const own =
      reason.what === "own" ? reason.name : metric === reason.name ? reason.other : reason.name;
    yield {
      kind: reason.what === "own" ? "type-conflict" : "name-collision",
      severity: "breaks-scrapes",
      what: `metric "${metric}" does not go together with the gateway's own "${own}"`,
      metric,
      others: [
        {
          role: "gateway",
          metric: own,
          ...(reason.what === "own" && { type: reason.type }),
          groups: 0,
          examples: [],
        },
      ],
      fault: { role: "at-fault", metric },
      isFault: ({ families: held }) =>
        held.has(metric) && (reason.what !== "own" || held.get(metric)?.type !== reason.type),
      mend: "rename the metric: the gateway has one of that name itself",
    };
  }
}

function* emptyNames({ odd }: Census): Generator<Draft> {
  if (!odd.some(({ what }) => what === "empty-name")) return;
  yield {
    kind: "empty-metric-name",
    severity: "breaks-scrapes",
    what: "a metric has no name, so a scrape ends before it",
    others: [],
    fault: { role: "at-fault" },
    isFault: ({ families }) => families.has(""),
    mend: "let the client that pushes protobuf give each metric a name",
  };
}

function* reservedLabels({ odd }: Census): Generator<Draft> {
  const labels = new Set(
    odd.flatMap(({ what, label }) => (what === "reserved-label" && label ? [label] : [])),
  );
  for (const label of labels) {
    const part = label === "le" ? "buckets" : "quantiles";
    yield {
      kind: "reserved-label",
      severity: "breaks-scrapes",
      what: `the grouping label "${label}" is also the label of ${part}, so their series have it twice`,
      others: [],
      fault: { role: "at-fault" },
      isFault: (group) =>
        label in group.labels &&
        [...group.families.values()].some(({ series }) =>
          series.some((one) => one[part] !== undefined),
        ),
      mend: `rename the grouping label "${label}" of that client`,
    };
  }
}

/** Prometheus drops an empty label, so its series are those of the group without the label. */
async function emptyLabelValues(
  pushgateway: Pushgateway,
  timeoutMs: number,
  { odd }: Census,
): Promise<Finding[]> {
  const groups = odd.filter(({ what }) => what === "empty-value");
  if (groups.length === 0) return [];
  const wanted = new Set(groups.map(({ labels }) => keyOf(withoutEmpty(labels))));
  const faulty = new Set(groups.map(({ labels }) => keyOf(labels)));
  const [siblings = []] = await findGroups(pushgateway, timeoutMs, [
    ({ labels }) => wanted.has(keyOf(withoutEmpty(labels))) && !faulty.has(keyOf(labels)),
  ]);
  return siblings.map((sibling): Finding => {
    const key = keyOf(sibling.labels);
    const same = groups.filter(({ labels }) => keyOf(withoutEmpty(labels)) === key);
    const [{ label = "" } = {}] = same;
    const unique = [...new Map(same.map((group) => [keyOf(group.labels), group])).values()];
    return {
      kind: "empty-label-value",
      // The gateway adds an empty instance to a group without one, and finds the series twice itself.
      severity: label === "instance" ? "breaks-scrapes" : "loses-series",
      what: `the grouping label "${label}" is empty in one group, and missing in another that has the same labels otherwise: to Prometheus, their series are the same`,
      sides: [
        side({ role: "established" }, [sibling]),
        side(
          { role: "at-fault" },
          unique.map(({ what: _, label: __, ...group }) => group),
        ),
      ],
      mend: `give the label "${label}" a value, or leave it out`,
      removable: removable(unique),
    };
  });
}

function withoutEmpty(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

/** Only the words of a refused scrape tell the bytes. */
function notUtf8({ odd }: Census, reasons: readonly Reason[]): Finding[] {
  return reasons.flatMap((reason): Finding[] => {
    if (reason.what !== "not-utf8" || reason.name !== "push_time_seconds") return [];
    const shown = shownLabels(reason.labels);
    const group = odd.find(({ what, labels }) => what === "not-utf8" && isSame(labels, shown));
    // The gateway adds an empty instance to a group that has none.
    const labels = new Map(
      [...reason.labels].filter(
        ([name, value]) => value.length > 0 || group === undefined || name in group.labels,
      ),
    );
    const at: SeenGroup =
      group === undefined ? { labels: shown } : (({ what: _, label: __, ...rest }) => rest)(group);
    return [
      {
        kind: "label-not-utf8",
        severity: "breaks-scrapes",
        what: "a value of a grouping label is not UTF-8",
        sides: [side({ role: "at-fault" }, [at])],
        mend: "let that client encode the values of grouping labels as UTF-8 before base64",
        removable: [{ labels: at.labels, path: groupPath(Object.fromEntries(labels)) }],
      },
    ];
  });
}

function shownLabels(labels: RawLabels): Labels {
  const decoder = new TextDecoder();
  return Object.fromEntries([...labels].map(([name, value]) => [name, decoder.decode(value)]));
}

/** Two programs replace the bytes by different numbers of U+FFFD. */
function isSame(a: Labels, b: Labels): boolean {
  const normal = (labels: Labels): string =>
    keyOf(withoutEmpty(labels)).replaceAll(/\uFFFD+/g, "\uFFFD");
  return normal(a) === normal(b);
}

async function duplicates(
  pushgateway: Pushgateway,
  timeoutMs: number,
  reasons: readonly Reason[],
  known: ReadonlySet<string>,
): Promise<Finding[]> {
  const series = new Map<string, { readonly name: string; readonly key: string }>();
  for (const reason of reasons) {
    if (reason.what !== "duplicate" || series.size >= MOST_DUPLICATES) continue;
    const key = keyOf(withoutEmpty(shownLabels(reason.labels)));
    series.set(`${reason.name} ${key}`, { name: reason.name, key });
  }
  const wanted = [...series.values()];
  const counts = wanted.map(() => new Map<string, number>());
  const groups = await findGroups(
    pushgateway,
    timeoutMs,
    wanted.map(({ name, key }, index) => (group) => {
      const times = (group.families.get(name)?.series ?? []).filter(
        ({ labels }) => keyOf(withoutEmpty(labels)) === key,
      ).length;
      counts[index]!.set(keyOf(group.labels), times);
      return times > 0;
    }),
  );
  return wanted.flatMap(({ name, key }, index): Finding[] => {
    const holders = groups[index]!;
    if (holders.length === 0 || holders.some(({ labels }) => known.has(keyOf(labels)))) return [];
    const twice = holders.filter(({ labels }) => (counts[index]!.get(keyOf(labels)) ?? 0) > 1);
    const [first, ...rest] = holders.toSorted(
      (a, b) =>
        Object.keys(b.labels).length - Object.keys(a.labels).length ||
        (b.pushedSecondsAgo ?? 0) - (a.pushedSecondsAgo ?? 0),
    ) as [SeenGroup, ...SeenGroup[]];
    const faulty = twice.length > 0 ? twice : rest;
    const inOne = twice.length > 0;
    return [
      {
        kind: "duplicate-series",
        severity: "breaks-scrapes",
        what: `metric "${name}" has the series ${seriesText(key)} twice${inOne ? " in one group" : ", in two groups"}`,
        metric: name,
        sides: [
          ...(inOne ? [] : [side({ role: "established", metric: name }, [first])]),
          side({ role: inOne ? "at-fault" : "newcomer", metric: name }, faulty),
        ],
        ...(!inOne && { evidence: "its group has fewer labels, or it was pushed last" }),
        mend: inOne
          ? "let that client write each series once"
          : "let one of the two clients push with one more grouping label, such as instance",
        removable: removable(faulty),
      },
    ];
  });
}

function seriesText(key: string): string {
  const pairs = JSON.parse(key) as readonly (readonly [string, string])[];
  return `{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ")}}`;
}

function refusedPushes({ refused }: Census): Finding[] {
  if (refused.length === 0) return [];
  const lacking = [...new Set(refused.flatMap(({ lacks }) => lacks))].slice(0, MOST_EXAMPLES);
  const groups = refused.map(({ lacks: _, ...group }) => group);
  return [
    {
      kind: "refused-push",
      severity: "refused",
      what: `the gateway has refused pushes to ${groups.length === 1 ? "one group" : `${groups.length} groups`}`,
      sides: [side({ role: "at-fault" }, groups)],
      ...(lacking.length > 0 && {
        evidence: `other groups of the job have metrics that these lack: ${lacking.join(", ")}`,
      }),
      mend: "the gateway does not keep what it refuses: the function's log has its answer, which names the metric. If older groups of the job hold another type of it, delete them",
      removable: [],
    },
  ];
}

function helpConflicts({ families }: Census): Finding[] {
  return [...families].flatMap(([metric, definitions]): Finding[] => {
    const [definition, ...others] = definitions.filter(({ helps }) => helps.size > 1);
    if (definition === undefined || others.length > 0 || definitions.length > 1) return [];
    return [
      {
        kind: "help-conflict",
        severity: "note",
        what: `metric "${metric}" has ${definition.helps.size} help texts, so the gateway logs it at every scrape, once for each group`,
        metric,
        sides: [...definition.helps].map(([help, groups]) => ({
          role: "established",
          metric,
          type: definition.type,
          help,
          groups,
          examples: [],
        })),
        mend: "deploy all functions with the same help text, and prune old groups; until then, run the gateway with --log.level=warn",
        removable: [],
      },
    ];
  });
}

function unknown(text: string): Finding {
  return {
    kind: "unknown",
    severity: "breaks-scrapes",
    what:
      text === ""
        ? "a scrape gets nothing, and the groups do not tell why"
        : `a scrape gets status 500: ${text.trim().slice(0, 500)}`,
    sides: [],
    mend: "look at the log of the gateway",
    removable: [],
  };
}
