import type { Exchange, Reply } from "./exchange.js";

/** What the two gateways made of one request. */
export interface Comparison {
  readonly request: Exchange;
  /** The body, unpacked if it is gzip. */
  readonly text: string;
  readonly ours: Reply;
  /** Undefined if the real gateway closed the connection without an answer. */
  readonly theirs: Reply | undefined;
  /** What a scrape shows afterwards. */
  readonly ourState: string;
  readonly theirState: string;
}

/** A difference that is known, and why it is there. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
  /** The tested versions that show it. */
  readonly versions: readonly string[];
  /** Whether it accounts for what is seen. Absent if a test of its own looks for it. */
  readonly explains?: (seen: Comparison) => boolean;
}

/** The versions in which each difference below was looked for. Any other version may show any of them. */
const TESTED = ["1.5.1", "1.11.0", "1.11.2"] as const;
const BEFORE_UTF8_NAMES = ["1.5.1"];
const SINCE_UTF8_NAMES = ["1.11.0", "1.11.2"];
const BEFORE_FLOAT_BUCKETS = ["1.5.1", "1.11.0"];

const INCONSISTENT = "pushed metrics are invalid or inconsistent with existing metrics";
const QUOTED_NAME =
  /^[ \t]*(?:\{?[ \t]*[\w:]*"|#[ \t]*(?:HELP|TYPE)[ \t]+[\w:]*"|[\w:]+[ \t]*\{(?:.*,)?[ \t]*\w*"[^"]*"[ \t]*=)/m;
const NAME_IN_BRACES = /^[ \t]*\{[ \t]*["\w]/m;

/** Where the real gateways differ from the embedded one, which follows the newest. */
const differences: readonly Difference[] = [
  {
    name: "an inconsistent push gets no answer",
    reason: "the handler of 1.11.0 panics instead of answering 400; mended in 1.11.1",
    versions: ["1.11.0"],
    explains: ({ ours, theirs }) => theirs === undefined && ours.body.startsWith(INCONSISTENT),
  },
  {
    name: "content-encoding: GZIP is not gzip",
    reason: "1.5.1 compares the header with lower case; any case since 1.6.0",
    versions: ["1.5.1"],
    explains: ({ request, ours, theirs }) =>
      request.headers?.["content-encoding"] === "GZIP" && ours.status === 200 && refuses(theirs),
  },
  {
    name: 'HELP refuses \\"',
    reason: "the parser before 1.11.0 knows \\\\ and \\n only in help texts",
    versions: BEFORE_UTF8_NAMES,
    explains: ({ ours, theirs }) =>
      isParsed(ours) && refuses(theirs, `invalid escape sequence '\\"'`),
  },
  {
    name: "names in quotes are refused",
    reason: "the parser reads quoted names since 1.11.0",
    versions: BEFORE_UTF8_NAMES,
    explains: ({ text, ours, theirs }) =>
      isParsed(ours) &&
      refuses(theirs, "text format parsing error") &&
      (QUOTED_NAME.test(text) || NAME_IN_BRACES.test(text)),
  },
  {
    name: "names in quotes may be any text",
    reason: "1.11.0 stores a name with a dot under another name, or panics; 1.11.1 refuses it",
    versions: ["1.11.0"],
    explains: ({ text, ours, theirs }) =>
      QUOTED_NAME.test(text) &&
      refuses(ours, "invalid") &&
      (theirs === undefined || theirs.status === 200),
  },
  {
    name: "bucket counts are whole numbers",
    reason: "1.11.1 and older cut off the fraction, and take a negative count for a huge one",
    versions: BEFORE_FLOAT_BUCKETS,
    explains: ({ ours, theirs, ourState, theirState }) =>
      refuses(ours, "negative bucket population") || refuses(ours, "negative count")
        ? theirs === undefined || isParsed(theirs)
        : theirs?.status === 200 && wholeBuckets(ourState) === inAnyOrder(theirState),
  },
  {
    name: "a later count replaces a fractional one",
    reason:
      "1.11.2 keeps a fractional count beside a whole one and exports it; older versions have one count",
    versions: BEFORE_FLOAT_BUCKETS,
    explains: ({ text, ours, theirs, ourState, theirState }) =>
      /_count.* \S*\.\S*\n(?:.*\n)*.*_count/.test(text) &&
      ours.status === 200 &&
      theirs?.status === 200 &&
      withoutCounts(wholeBuckets(ourState)) === withoutCounts(inAnyOrder(theirState)),
  },
  {
    name: "the type gaugehistogram is refused",
    reason: "only the spelling gauge_histogram was known",
    versions: BEFORE_FLOAT_BUCKETS,
    explains: ({ ours, theirs }) =>
      isParsed(ours) && refuses(theirs, 'unknown metric type "gaugehistogram"'),
  },
  {
    name: "the type gauge_histogram breaks the scrape",
    reason: "the type is accepted and cannot be exported: the scrape ends at its TYPE line",
    versions: BEFORE_FLOAT_BUCKETS,
    explains: ({ text, theirState }) =>
      text.includes("gauge_histogram") && theirState.startsWith("unreadable"),
  },
  {
    name: "the gateway's own metrics are others",
    reason:
      "newer Go runtimes export more about themselves, and go_memstats_lookups_total no longer",
    versions: ["1.5.1"],
    explains: ({ text, ours, theirs }) =>
      /go_memstats_lookups_total|go_gc_gogc_percent|process_network_/.test(text) &&
      theirs !== undefined &&
      (ours.status === 200 ? refuses(theirs, "go_memstats_lookups_total") : theirs.status === 200),
  },
  {
    name: "a gauge histogram may share its name with another type",
    reason:
      "the check of 1.11.2 finds it or not, depending on the order of a map, and if not, scrapes fail; the embedded gateway always refuses it",
    versions: ["1.11.2"],
    explains: ({ ours, theirs }) =>
      refuses(ours, "gaugehistogram") &&
      ours.body.startsWith(INCONSISTENT) &&
      theirs?.status === 200,
  },
  {
    name: "snappy is read",
    reason: "the real gateway reads snappy since 1.6.0; the embedded one answers 415",
    versions: ["1.11.0", "1.11.2"],
    explains: ({ request, ours, theirs }) =>
      request.headers?.["content-encoding"] === "snappy" &&
      ours.status === 415 &&
      theirs?.status === 200,
  },
  {
    name: "a sample may come without a name",
    reason:
      "braces without a name add to the sample of the line before, or panic if there is none; the embedded gateway refuses them",
    versions: SINCE_UTF8_NAMES,
    explains: ({ text, ours, theirs, ourState, theirState }) =>
      /^[ \t]*\{/m.test(text) &&
      refuses(ours, "invalid metric name") &&
      (theirs === undefined || theirs.status === 200 || ourState !== theirState),
  },
  {
    name: "the name of a histogram or summary in braces",
    reason:
      "its labels and its quantile get mixed up with those of the line before, or the parser panics; the embedded gateway reads it like any other",
    versions: SINCE_UTF8_NAMES,
    explains: ({ text }) =>
      NAME_IN_BRACES.test(text) && /^# TYPE \S+ \w*(?:histogram|summary)/im.test(text),
  },
  {
    name: "a body cut at the end of a line is stored",
    reason: "1.5.1 takes the end of the connection for the end of the body",
    versions: ["1.5.1"],
  },
  {
    name: "a gzip cut at the end of a line is stored",
    reason: "1.5.1 takes the end of the data for the end of the body",
    versions: ["1.5.1"],
  },
  {
    name: "an invalid job@base64 hangs the next one",
    reason: "1.5.1 holds a lock after it has refused the first",
    versions: ["1.5.1"],
  },
];

/** What is known of one version, and what was seen of it. */
export interface KnownDifferences {
  /** @returns the name of the difference that accounts for what is seen; it counts as seen */
  explain(seen: Comparison): string | undefined;
  /** Notes that a test of its own saw the difference. */
  saw(name: string): void;
  /** Whether the version is listed with the difference. */
  has(name: string): boolean;
  /** Listed for this version, and not seen. */
  unseen(): readonly Difference[];
}

export function differencesOf(version: string): KnownDifferences {
  const isTested = TESTED.some((tested) => tested === version);
  const listed = differences.filter(({ versions }) => versions.includes(version));
  const seen = new Set<string>();
  return {
    explain(comparison) {
      const known = isTested ? listed : differences;
      const name = known.find(({ explains }) => explains?.(comparison))?.name;
      if (name !== undefined) seen.add(name);
      return name;
    },
    saw: (name) => void seen.add(name),
    has: (name) => listed.some((one) => one.name === name),
    unseen: () => listed.filter(({ name }) => !seen.has(name)),
  };
}

/** Whether the text was accepted by the parser; the consistency check may have refused it all the same. */
function isParsed({ status, body }: Reply): boolean {
  return status === 200 || body.startsWith(INCONSISTENT);
}

function refuses(reply: Reply | undefined, message = ""): boolean {
  return reply?.status === 400 && reply.body.toLowerCase().includes(message.toLowerCase());
}

/** The state of a newer gateway, as an older one would have it: the counts of buckets cut to 64 bits without a sign. */
function wholeBuckets(state: string): string {
  let isHistogram = false;
  return inAnyOrder(
    state.replace(/^.*$/gm, (line) => {
      if (!line.startsWith(" ")) isHistogram = / histogram /.test(line);
      const [, start, count] = /^( {2}\S+_(?:bucket|count) .*) (\S+)$/.exec(line) ?? [];
      if (!isHistogram || start === undefined) return line;
      const fits = Number(count) < 2 ** 64;
      return `${start} ${fits ? Math.trunc(Number(count)) : 2 ** 63}`;
    }),
  );
}

/** The state without the counts of histograms, which their buckets +Inf repeat. */
function withoutCounts(state: string): string {
  const lines = state.split("\n");
  return lines.filter((line) => !/^ {2}\S+(?:_count |_bucket .*"\+Inf")/.test(line)).join("\n");
}

function inAnyOrder(state: string): string {
  return state.split("\n").sort().join("\n");
}
