import type { Exchange, Reply } from "./exchange.js";

/** One request and its outcome on both gateways. */
export interface Comparison {
  readonly request: Exchange;
  /** The body, unpacked if it is gzip. */
  readonly text: string;
  readonly ours: Reply;
  /** Undefined if the real gateway closed the connection without an answer. */
  readonly theirs: Reply | undefined;
  /** The scrapes after the request. */
  readonly ourState: string;
  readonly theirState: string;
}

/** A known difference and its reason. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
  /** The tested versions that have it. */
  readonly versions: readonly string[];
  /** Whether it explains this comparison. Undefined if a test of its own looks for the difference. */
  readonly explains?: (seen: Comparison) => boolean;
}

/** The versions that the list was made for. Another version may have any of the differences, and need not have one. */
const TESTED = ["1.5.1", "1.11.0", "1.11.2"] as const;
const BEFORE_UTF8_NAMES = ["1.5.1"];
const SINCE_UTF8_NAMES = ["1.11.0", "1.11.2"];
const BEFORE_FLOAT_BUCKETS = ["1.5.1", "1.11.0"];

const INCONSISTENT = "pushed metrics are invalid or inconsistent with existing metrics";
const QUOTED_NAME =
  /^[ \t]*(?:\{?[ \t]*[\w:]*"|#[ \t]*(?:HELP|TYPE)[ \t]+[\w:]*"|[\w:]+[ \t]*\{(?:.*,)?[ \t]*\w*"[^"]*"[ \t]*=)/m;
const NAME_IN_BRACES = /^[ \t]*\{[ \t]*["\w]/m;

/** How the real gateways differ from the embedded one, which follows 1.11.2. */
const differences: readonly Difference[] = [
  {
    name: "an inconsistent push gets no answer",
    reason: "the handler of 1.11.0 panics instead of answering 400",
    versions: ["1.11.0"],
    explains: ({ ours, theirs }) => theirs === undefined && ours.body.startsWith(INCONSISTENT),
  },
  {
    name: "content-encoding: GZIP is not gzip",
    reason: "1.5.1 recognises the encoding in lower case only; newer versions in any case",
    versions: ["1.5.1"],
    explains: ({ request, ours, theirs }) =>
      request.headers?.["content-encoding"] === "GZIP" && ours.status === 200 && refuses(theirs),
  },
  {
    name: 'HELP refuses \\"',
    reason: "in help texts, the parser of 1.5.1 knows no escape but \\\\ and \\n",
    versions: BEFORE_UTF8_NAMES,
    explains: ({ ours, theirs }) =>
      isParsed(ours) && refuses(theirs, `invalid escape sequence '\\"'`),
  },
  {
    name: "names in quotes are refused",
    reason: "the parser of 1.5.1 knows no quotes around names",
    versions: BEFORE_UTF8_NAMES,
    explains: ({ text, ours, theirs }) =>
      isParsed(ours) &&
      refuses(theirs, "text format parsing error") &&
      (QUOTED_NAME.test(text) || NAME_IN_BRACES.test(text)),
  },
  {
    name: "names in quotes may be any text",
    reason: "1.11.0 stores a name with a dot under another name, or panics; 1.11.2 refuses it",
    versions: ["1.11.0"],
    explains: ({ text, ours, theirs }) =>
      QUOTED_NAME.test(text) &&
      refuses(ours, "invalid") &&
      (theirs === undefined || theirs.status === 200),
  },
  {
    name: "bucket counts are whole numbers",
    reason: "older versions cut off the fraction, and turn a negative count into a huge one",
    versions: BEFORE_FLOAT_BUCKETS,
    explains: ({ ours, theirs, ourState, theirState }) =>
      refuses(ours, "negative bucket population") || refuses(ours, "negative count")
        ? theirs === undefined || isParsed(theirs)
        : theirs?.status === 200 && wholeBuckets(ourState) === inAnyOrder(theirState),
  },
  {
    name: "a later count replaces a fractional one",
    reason:
      "1.11.2 keeps a fractional count beside a whole one, and exports the fractional one; older versions have one count",
    versions: BEFORE_FLOAT_BUCKETS,
    explains: ({ text, ours, theirs, ourState, theirState }) =>
      /_count.* \S*\.\S*\n(?:.*\n)*.*_count/.test(text) &&
      ours.status === 200 &&
      theirs?.status === 200 &&
      withoutCounts(wholeBuckets(ourState)) === withoutCounts(inAnyOrder(theirState)),
  },
  {
    name: "the type gaugehistogram is refused",
    reason: "older versions know the spelling gauge_histogram only",
    versions: BEFORE_FLOAT_BUCKETS,
    explains: ({ ours, theirs }) =>
      isParsed(ours) && refuses(theirs, 'unknown metric type "gaugehistogram"'),
  },
  {
    name: "the type gauge_histogram breaks the scrape",
    reason: "older versions accept the type, but a scrape ends at its TYPE line",
    versions: BEFORE_FLOAT_BUCKETS,
    explains: ({ text, theirState }) =>
      text.includes("gauge_histogram") && theirState.startsWith("unreadable"),
  },
  {
    name: "the gateway's own metrics have other names",
    reason:
      "the Go client of newer versions exports more metrics, and no go_memstats_lookups_total",
    versions: ["1.5.1"],
    explains: ({ text, ours, theirs }) =>
      /go_memstats_lookups_total|go_gc_gogc_percent|process_network_/.test(text) &&
      theirs !== undefined &&
      (ours.status === 200 ? refuses(theirs, "go_memstats_lookups_total") : theirs.status === 200),
  },
  {
    name: "a gauge histogram may share its name with another type",
    reason:
      "1.11.2 notices it or not, depending on the random order of a map; if not, scrapes fail. The embedded gateway always refuses it",
    versions: ["1.11.2"],
    explains: ({ ours, theirs }) =>
      refuses(ours, "gaugehistogram") &&
      ours.body.startsWith(INCONSISTENT) &&
      theirs?.status === 200,
  },
  {
    name: "snappy is read",
    reason: "newer versions read snappy; the embedded gateway answers 415",
    versions: ["1.11.0", "1.11.2"],
    explains: ({ request, ours, theirs }) =>
      request.headers?.["content-encoding"] === "snappy" &&
      ours.status === 415 &&
      theirs?.status === 200,
  },
  {
    name: "a sample may come without a name",
    reason:
      "newer versions add the sample to the one before, or panic if there is none; the embedded gateway refuses it",
    versions: SINCE_UTF8_NAMES,
    explains: ({ text, ours, theirs, ourState, theirState }) =>
      /^[ \t]*\{/m.test(text) &&
      refuses(ours, "invalid metric name") &&
      (theirs === undefined || theirs.status === 200 || ourState !== theirState),
  },
  {
    name: "the name of a histogram or summary in braces",
    reason:
      "newer versions mix up its labels with those of the line before, or panic; the embedded gateway reads it like any other name",
    versions: SINCE_UTF8_NAMES,
    explains: ({ text }) =>
      NAME_IN_BRACES.test(text) && /^# TYPE \S+ \w*(?:histogram|summary)/im.test(text),
  },
  {
    name: "a body cut at the end of a line is stored",
    reason: "the parser of 1.5.1 takes a read error at the start of a line for the end of the body",
    versions: ["1.5.1"],
  },
  {
    name: "a gzip cut at the end of a line is stored",
    reason: "the parser of 1.5.1 takes a read error at the start of a line for the end of the body",
    versions: ["1.5.1"],
  },
  {
    name: "an invalid job@base64 hangs the next one",
    reason: "1.5.1 keeps a lock when it refuses the first",
    versions: ["1.5.1"],
  },
];

/** The differences of one version, and which of them were seen. */
export interface KnownDifferences {
  /** @returns the name of the difference that explains the comparison; it now counts as seen */
  explain(seen: Comparison): string | undefined;
  /** Records that a test of its own saw the difference. */
  saw(name: string): void;
  /** Whether the difference is listed for this version. */
  has(name: string): boolean;
  /** @returns the differences that are listed for this version and were not seen */
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

/** Whether the parser accepted the text. The consistency check may have refused the push. */
function isParsed({ status, body }: Reply): boolean {
  return status === 200 || body.startsWith(INCONSISTENT);
}

function refuses(reply: Reply | undefined, message = ""): boolean {
  return reply?.status === 400 && reply.body.toLowerCase().includes(message.toLowerCase());
}

/** Turns the counts of histograms into what an older version stores: whole numbers of 64 bits. */
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

/** Removes the counts of histograms, and their buckets +Inf, which repeat the counts. */
function withoutCounts(state: string): string {
  const lines = state.split("\n");
  return lines.filter((line) => !/^ {2}\S+(?:_count |_bucket .*"\+Inf")/.test(line)).join("\n");
}

function inAnyOrder(state: string): string {
  return state.split("\n").sort().join("\n");
}
