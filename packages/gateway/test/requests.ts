import { gzipSync } from "node:zlib";
import type { Exchange } from "./exchange.js";

/** A few requests that tell one story, in order, to an empty gateway. */
export interface Story {
  readonly title: string;
  readonly requests: readonly Exchange[];
}

const ONE = "# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total 1\n";
const COUNTER = "# TYPE thing counter\nthing 1\n";
const GAUGE = "# TYPE thing gauge\nthing 2\n";
const HISTOGRAM = `# TYPE h histogram
h_bucket{le="0.1"} 1
h_bucket{le="+Inf"} 3
h_sum 4.5
h_count 3
`;
const SUMMARY = `# TYPE s summary
s{quantile="0.5"} 0.2
s{quantile="0.99"} NaN
s_sum 4.5
s_count 3
`;

const base64 = (text: string): string => Buffer.from(text).toString("base64url");
const put = (path: string, body: string | Buffer = ONE): Exchange => ({
  method: "PUT",
  path,
  body,
});
const post = (path: string, body: string | Buffer = ONE): Exchange => ({
  method: "POST",
  path,
  body,
});
const del = (path: string): Exchange => ({ method: "DELETE", path });
const gzipped = (body: string | Buffer, encoding = "gzip"): Exchange => ({
  ...put("/metrics/job/a", body),
  headers: { "content-encoding": encoding },
});
const path = (target: string): Story => ({ title: `PUT ${target}`, requests: [put(target)] });
const body = (title: string, text: string | Buffer): Story => ({
  title,
  // To a new group and to a known one: a refused push leaves a trace in some cases and none in others.
  requests: [
    put("/metrics/job/a", text),
    put("/metrics/job/b"),
    post("/metrics/job/b", text),
    put("/metrics/job/b", text),
  ],
});
const line = (text: string | Buffer): Story => body(`body ${JSON.stringify(String(text))}`, text);

const methods: Story[] = [
  {
    title: "PUT replaces the group",
    requests: [put("/metrics/job/a"), put("/metrics/job/a", GAUGE)],
  },
  {
    title: "an empty PUT empties the group",
    requests: [put("/metrics/job/a"), put("/metrics/job/a", "")],
  },
  { title: "an empty PUT makes a group", requests: [put("/metrics/job/a", "")] },
  {
    title: "an empty POST only sets the time",
    requests: [post("/metrics/job/a"), post("/metrics/job/a", "")],
  },
  {
    title: "POST keeps other families",
    requests: [post("/metrics/job/a"), post("/metrics/job/a", GAUGE)],
  },
  {
    title: "POST replaces whole families",
    requests: [
      post("/metrics/job/a", 'x{a="1"} 1\nx{a="2"} 2\n'),
      post("/metrics/job/a", 'x{a="1"} 5\n'),
    ],
  },
  {
    title: "POST may give a family another type",
    requests: [post("/metrics/job/a", COUNTER), post("/metrics/job/a", GAUGE)],
  },
  {
    title: "DELETE takes the exact group",
    requests: [put("/metrics/job/a"), put("/metrics/job/a/b/c"), del("/metrics/job/a")],
  },
  {
    title: "DELETE of a part of the labels",
    requests: [put("/metrics/job/a/b/c"), del("/metrics/job/a")],
  },
  { title: "DELETE of nothing", requests: [del("/metrics/job/never")] },
  {
    title: "DELETE of a wrong path",
    requests: [put("/metrics/job/a"), del("/metrics/job/a/b"), del("/metrics/job/a/__b/c")],
  },
  {
    title: "DELETE by base64",
    requests: [put("/metrics/job/a"), del(`/metrics/job@base64/${base64("a")}`)],
  },
  {
    title: "DELETE clears a failure",
    requests: [put("/metrics/job/a", "x 1 1\n"), del("/metrics/job/a"), put("/metrics/job/a")],
  },
  {
    title: "a success after a failure keeps both times",
    requests: [
      put("/metrics/job/a"),
      put("/metrics/job/a", "x 1 1\n"),
      put("/metrics/job/a"),
      put("/metrics/job/a", ""),
    ],
  },
  ...["GET", "HEAD", "PATCH", "TRACE", "OPTIONS"].map((method) => ({
    title: `${method} on a push path`,
    requests: [{ method, path: "/metrics/job/a" }],
  })),
  ...["PUT", "POST", "DELETE", "PATCH", "OPTIONS"].map((method) => ({
    title: `${method} on /metrics`,
    requests: [{ method, path: "/metrics" }],
  })),
];

const pages: Story[] = [
  "/metrics",
  "/metrics/",
  "/Metrics",
  "//metrics",
  "/metrics?name=x",
  "/-/healthy",
  "/-/healthy/",
  "/-/READY",
  "/-/ready",
  "/api/v1/status",
  "/api/v1/nothing",
  "/api",
  "/nothing",
  "/-/quit",
  "/metrics/job/a%zz",
].map((target) => ({ title: `GET ${target}`, requests: [{ method: "GET", path: target }] }));

const paths: Story[] = [
  "/metrics/job",
  "/metrics/job/",
  "/metrics/job//",
  "/metrics/job@base64",
  "/metrics/job@base64/",
  "/metrics/job@base64/=",
  "/metrics/job@base64/==",
  `/metrics/job@base64/${base64("a/b")}`,
  "/metrics/job@base64/YQ==",
  "/metrics/job@base64/YQ=",
  "/metrics/job@base64/YR",
  "/metrics/job@BASE64/YQ",
  "/METRICS/JOB/A",
  "/metrics/JOB/a/B/c",
  "/metrics/other/a",
  "/metrics/job/a/",
  "/metrics/job/a/b",
  "/metrics/job/a/b/",
  "/metrics/job/a/b/c",
  "/metrics/job/a/b/c/",
  "/metrics/job/a/b/c/d",
  "/metrics/job/a//b",
  "/metrics/job/a/b//c",
  "/metrics/job/a/../b",
  "/metrics/job/a/b/..",
  "/metrics/job/a/b/.",
  "/metrics/job/a/b/%2E",
  "/metrics/job/a/b/%2e%2e",
  "/metrics/job/...",
  "/./metrics/job/a",
  "/metrics/job/a/b/c%2Fd",
  "/metrics/job/a/b/c%2Fd/e",
  "/metrics/job/a%20b+c",
  "/metrics/job/a%C3%A9",
  "/metrics/job/a%00",
  "/metrics/job/a%",
  "/metrics/job/a%4",
  "/metrics/job/a;b=c,d",
  "/metrics/job/a?x=y",
  "/metrics/job/a%3Fx",
  "/metrics/job/a%22%5C%0A",
  "/metrics/job/a/1b/c",
  "/metrics/job/a/b-c/d",
  "/metrics/job/a/b.c/d",
  "/metrics/job/a/b:c/d",
  "/metrics/job/a/%C3%A9/d",
  "/metrics/job/a/__b/c",
  "/metrics/job/a/_b/c",
  "/metrics/job/a/__b@base64/YQ",
  "/metrics/job/a/@base64/YQ",
  "/metrics/job/a/b@base64@base64/YQ",
  "/metrics/job/a/b@base64/",
  "/metrics/job/a/b@base64/=",
  "/metrics/job/a/b@base64/====",
  "/metrics/job/a/b@base64/%3D",
  "/metrics/job/a/b@base64/Y",
  "/metrics/job/a/b@base64/Y=Q",
  "/metrics/job/a/b@base64/YQ%0A",
  "/metrics/job/a/b@base64/Y+E",
  "/metrics/job/a/b@base64/Y%20E",
  "/metrics/job/a/b@base64/4p-oIF8g4p-p",
  `/metrics/job/a/b@base64/${base64('/"\\\n.. é 🦊')}`,
  "/metrics/job/a/job/b",
  "/metrics/job/a/job@base64/Yg",
  "/metrics/job/a/b/c/b/d",
  "/metrics/job/a/b@base64/YQ/b/c",
  "/metrics/job/a/instance/i-1",
  "/metrics/job/a/instance@base64/=",
  "/metrics/job/a/le/1",
  "/metrics/job/a/quantile/1",
].map(path);

const numbers: Story[] = [
  "1",
  "+1",
  "-1",
  "0",
  "-0",
  "1.",
  ".5",
  ".",
  "1e3",
  "1E+3",
  "1e",
  "1e400",
  "-1e400",
  "1e-400",
  "5e-324",
  "123456789012345678901234567890",
  "999999.5",
  "1000000",
  "0.0001",
  "0.00001",
  "0.1e-3",
  "Inf",
  "+Inf",
  "-inf",
  "Infinity",
  "+infinity",
  "Infinit",
  "NaN",
  "nan",
  "+NaN",
  "0x10",
  "0x1p4",
  "1_000",
  "1,5",
  "1d",
  "",
  "true",
].map((number) => line(`x ${number}\n`));

const syntax: Story[] = [
  "x 1",
  "x 1\r\n",
  "x 1 \n",
  " x 1\n",
  "\tx\t1\n",
  "x  1\n",
  "x{}1\n",
  "x{} 1\n",
  'x {a="b"} 1\n',
  'x{ a = "b" , } 1\n',
  'x{a="b",,} 1\n',
  "x{,} 1\n",
  'x{a="b"\n',
  'x{a="b"} \n',
  'x{a="b" c="d"} 1\n',
  'x{a="b",a="c"} 1\n',
  'x{a="b",b="c"} 1\nx{b="c",a="b"} 2\n',
  "x{a=b} 1\n",
  "x{a='b'} 1\n",
  'x{a="b} 1\n',
  'x{a="b\nc"} 1\n',
  'x{a="\\n\\"\\\\"} 1\n',
  'x{a="\\t"} 1\n',
  'x{a="\\',
  'x{a=""} 1\n',
  'x{a=""} 1\nx 2\n',
  'x{a="é🦊\u2028\u0000\t\r"} 1\n',
  'x{1a="b"} 1\n',
  'x{a-b="c"} 1\n',
  'x{a:b="c"} 1\n',
  'x{é="c"} 1\n',
  'x{__a="b"} 1\n',
  'x{__name__="b"} 1\n',
  'x{_a="b"} 1\n',
  'x{le="b",quantile="c"} 1\n',
  "1x 1\n",
  "x-y 1\n",
  "x.y 1\n",
  "a:b:c 1\n",
  ":x 1\n",
  "é 1\n",
  "\ufeffx 1\n",
  "x\n",
  "x",
  "\n",
  "\n\n\nx 1\n\n",
  "   ",
  "x 1\n\t",
  "#",
  "#\n",
  "# a comment\nx 1\n",
  "# a comment",
  "#HELP x text\n#TYPE x gauge\nx 1\n",
  "#\tHELP\tx\ttext\nx 1\n",
  "# HELP\nx 1\n",
  "# HELP x\nx 1\n",
  "# HELP x \nx 1\n",
  "# HELP x  two  words \t\nx 1\n",
  "# HELP x a \\\\ b \\n c é\nx 1\n",
  '# HELP x \\"\nx 1\n',
  "# HELP x \\",
  "# HELP x a\\\nx 1\n",
  "# HELP x a\n# HELP x a\nx 1\n",
  "# HELP x a\n# TYPE x gauge\n# HELP x b\nx 1\n",
  "x 1\n# HELP x late\n",
  "# HELP 1x a\nx 1\n",
  "# HELP x{} a\nx 1\n",
  "# HELPx a\nx 1\n",
  "# help x a\nx 1\n",
  "# TYPE\nx 1\n",
  "# TYPE x\nx 1\n",
  "# TYPE x \nx 1\n",
  "# TYPE x gauge \nx 1\n",
  "# TYPE x GAUGE\nx 1\n",
  "# TYPE x ga\\uge\nx 1\n",
  "# TYPE x unknown\nx 1\n",
  "# TYPE x untyped\nx 1\n",
  "# TYPE x gauge counter\nx 1\n",
  "# TYPE x gauge\r\nx 1\n",
  "# TYPE x gauge\n# TYPE x gauge\nx 1\n",
  "x 1\n# TYPE x gauge\nx 2\n",
  "# TYPE x gauge\n# HELP x only said, never sampled\n",
  "# TYPE x gauge\n# TYPE y counter\ny 1\n",
  "x 1\nx 2\n",
  'x{a="b"} 1\ny 1\nx{a="b"} 2\n',
  'x{a="b"} 1\nx{c="d"} 1\nx 1\n',
  "x 1 1700000000000\n",
  "x 1 -1\n",
  "x 1 +1\n",
  "x 1 1.5\n",
  "x 1 9223372036854775807\n",
  "x 1 9223372036854775808\n",
  "x 1 1 2\n",
  "x 1 1 \n",
  'x 1 # {id="a"} 0.5\n',
  "x 1 two\n",
  "# EOF\n",
  "# UNIT x seconds\nx 1\n",
  Buffer.from('x{a="\xff"} 1\n', "latin1"),
  Buffer.from("# \xff\nx 1\n", "latin1"),
  Buffer.from("x\xff 1\n", "latin1"),
  Buffer.from([0, 1, 2, 10]),
].map(line);

const complexTypes: Story[] = [
  HISTOGRAM,
  SUMMARY,
  "# TYPE h histogram\nh_count 3\n",
  "# TYPE h histogram\nh_sum 3\n",
  "# TYPE h histogram\nh 3\n",
  '# TYPE h histogram\nh{le="1"} 3\n',
  "# TYPE h histogram\nh_bucket 3\n",
  '# TYPE h histogram\nh_bucket{le="1"} 3\n',
  '# TYPE h histogram\nh_bucket{le="x"} 3\n',
  '# TYPE h histogram\nh_bucket{le=""} 3\n',
  '# TYPE h histogram\nh_bucket{le="NaN"} 3\n',
  '# TYPE h histogram\nh_bucket{le="2"} 3\nh_bucket{le="1"} 9\nh_count 3\n',
  '# TYPE h histogram\nh_bucket{le="1",le="2"} 3\n',
  '# TYPE h histogram\nh_bucket{le="1000000"} 1\nh_bucket{le="1e-7"} 1\nh_bucket{le="-Inf"} 1\nh_bucket{le="infinity"} 2\n',
  '# TYPE h histogram\nh_bucket{le="1"} 1.9\nh_bucket{le="2"} -1\nh_bucket{le="3"} NaN\nh_bucket{le="4"} +Inf\nh_count 1e19\n',
  '# TYPE h histogram\nh_bucket{le="1"} -9e18\nh_bucket{le="2"} 1e20\nh_bucket{le="3"} -1e20\nh_count -0.5\n',
  '# TYPE h histogram\nh_count{a="1"} 1\nh_count{a="2"} 2\nh_bucket{a="1",le="1"} 1\nh_sum{a="2"} 0.5\n',
  '# TYPE h histogram\nh_count{le="7"} 1\n',
  "# TYPE h histogram\nh_count 1\nh_count 2\n",
  "# TYPE h histogram\nh_count 1 1700000000000\n",
  "# TYPE h histogram\nh_total 1\n",
  "# TYPE h histogram\nh_created 1\nh_count 1\n",
  "# TYPE h histogram\n# HELP h_count Goes to h.\nh_count 1\n",
  "# TYPE h histogram\n# TYPE h_count counter\nh_count 1\n",
  "# TYPE h_count counter\n# TYPE h histogram\nh_count 1\nh_sum 2\n",
  "h_count 1\n# TYPE h histogram\nh_sum 2\n",
  "h_bucket 1\n# TYPE h histogram\nh_sum 2\n",
  "h_count 1\n",
  "# TYPE _count counter\n_count 1\n",
  "# TYPE s summary\ns 1\n",
  "# TYPE s summary\ns_count 2\n",
  '# TYPE s summary\ns_bucket{le="1"} 2\ns_count 2\n',
  '# TYPE s summary\ns{quantile="x"} 2\n',
  '# TYPE s summary\ns{quantile="0.5",a="b"} 2\ns_count{a="b"} 2.7\ns_count{a="c"} 1\n',
  "s_sum 1\n# TYPE s summary\ns_count 2\n",
  "# TYPE s summary\ns_count -1\ns_sum -1\n",
  "# TYPE c counter\nc -1\n",
].map(line);

const grouping: Story[] = [
  { title: "a body label job is overwritten", requests: [put("/metrics/job/a", 'x{job="b"} 1\n')] },
  {
    title: "a body label of the grouping is overwritten",
    requests: [put("/metrics/job/a/b/c", 'x{b="d",e="f"} 1\n')],
  },
  {
    title: "overwriting makes duplicates",
    requests: [put("/metrics/job/a", 'x{job="b"} 1\nx{job="c"} 1\n')],
  },
  {
    title: "a body label instance stays",
    requests: [put("/metrics/job/a", 'x{instance="i"} 1\nx 2\n')],
  },
  {
    title: "a grouping label le without a histogram",
    requests: [put("/metrics/job/a/le/1", GAUGE)],
  },
  {
    title: "a grouping label quantile with a summary",
    requests: [put("/metrics/job/a/quantile/1", SUMMARY)],
  },
  {
    title: "an empty value is another group than none",
    requests: [put("/metrics/job/a/b@base64/="), put("/metrics/job/a", GAUGE)],
  },
  {
    title: "two groups with the same series",
    requests: [
      put("/metrics/job/a", 'x{b="c"} 1\n'),
      put("/metrics/job/a/b/c", "x 1\n"),
      put("/metrics/job/a/b/c", "y 1\n"),
    ],
  },
  {
    title: "two groups with the same series through instance",
    requests: [
      put("/metrics/job/a/instance/i", "x 1\n"),
      put("/metrics/job/a", 'x{instance="i"} 1\n'),
    ],
  },
  {
    title: "the gateway's own push time",
    requests: [
      put("/metrics/job/a", "push_time_seconds 1\n"),
      post("/metrics/job/a", "push_time_seconds 2\n"),
    ],
  },
  {
    title: "a push time of another type",
    requests: [
      put("/metrics/job/b"),
      put("/metrics/job/a", "# TYPE push_time_seconds counter\npush_time_seconds 1\n"),
    ],
  },
  {
    title: "a label set that differs",
    requests: [put("/metrics/job/a", 'x{a="b"} 1\n'), put("/metrics/job/b", 'x{c="d",e="f"} 1\n')],
  },
];

const acrossGroups: Story[] = [
  {
    title: "counter and gauge",
    requests: [
      put("/metrics/job/a", COUNTER),
      put("/metrics/job/b", GAUGE),
      post("/metrics/job/b"),
    ],
  },
  {
    title: "counter and untyped",
    requests: [put("/metrics/job/a", COUNTER), put("/metrics/job/b", "thing 1\n")],
  },
  {
    title: "the type changes when the other is gone",
    requests: [put("/metrics/job/a", COUNTER), del("/metrics/job/a"), put("/metrics/job/b", GAUGE)],
  },
  {
    title: "the type changes by PUT",
    requests: [put("/metrics/job/a", COUNTER), put("/metrics/job/a", GAUGE)],
  },
  {
    title: "the other group emptied",
    requests: [
      put("/metrics/job/a", COUNTER),
      put("/metrics/job/a", ""),
      put("/metrics/job/b", GAUGE),
    ],
  },
  ...["h_count 1\n", "h_sum 1\n", "h_bucket 1\n", "h_total 1\n"].flatMap((other) => [
    {
      title: `histogram h, then ${other.trim()}`,
      requests: [put("/metrics/job/a", HISTOGRAM), put("/metrics/job/b", other)],
    },
    {
      title: `${other.trim()}, then histogram h`,
      requests: [put("/metrics/job/b", other), put("/metrics/job/a", HISTOGRAM)],
    },
  ]),
  ...["s_count 1\n", "s_sum 1\n", "s_bucket 1\n"].flatMap((other) => [
    {
      title: `summary s, then ${other.trim()}`,
      requests: [put("/metrics/job/a", SUMMARY), put("/metrics/job/b", other)],
    },
    {
      title: `${other.trim()}, then summary s`,
      requests: [put("/metrics/job/b", other), put("/metrics/job/a", SUMMARY)],
    },
  ]),
  {
    title: "a histogram beside a counter of its count in the same group",
    requests: [
      put("/metrics/job/a", "h_count 1\n"),
      post("/metrics/job/a", HISTOGRAM),
      put("/metrics/job/a", HISTOGRAM),
    ],
  },
  {
    title: "a help that differs",
    requests: [
      put("/metrics/job/a", "# HELP x one\nx 1\n"),
      put("/metrics/job/b", "# HELP x two\nx 1\n"),
    ],
  },
  ...["counter", "gauge", "untyped"].flatMap((type) =>
    [
      "go_goroutines",
      "go_memstats_alloc_bytes_total",
      "process_start_time_seconds",
      "pushgateway_build_info",
      "go_nothing",
    ].map((name) => ({
      title: `${name} as ${type}`,
      requests: [put("/metrics/job/a", `# TYPE ${name} ${type}\n${name} 1\n`)],
    })),
  ),
  ...[
    "go_gc_duration_seconds_count",
    "go_gc_duration_seconds_bucket",
    "pushgateway_http_push_size_bytes_sum",
  ].map((name) => ({
    title: `${name} beside the gateway's own summary`,
    requests: [put("/metrics/job/a", `${name} 1\n`)],
  })),
  {
    title: "go_threads as a histogram",
    requests: [put("/metrics/job/a", "# TYPE go_threads histogram\ngo_threads_count 1\n")],
  },
  {
    title: "a histogram below the gateway's own names",
    requests: [
      put("/metrics/job/a", "# TYPE go_memstats_alloc histogram\ngo_memstats_alloc_sum 1\n"),
    ],
  },
];

const encodings: Story[] = [
  { title: "gzip", requests: [gzipped(gzipSync(ONE))] },
  { title: "gzip of nothing", requests: [gzipped(gzipSync(""))] },
  { title: "gzip of bad text", requests: [gzipped(gzipSync("x 1"))] },
  { title: "gzip of what the check refuses", requests: [gzipped(gzipSync("x 1\nx 1\n"))] },
  {
    title: "two gzip members",
    requests: [gzipped(Buffer.concat([gzipSync("x 1\n"), gzipSync("y 1\n")]))],
  },
  { title: "plain text that says gzip", requests: [gzipped(ONE)] },
  { title: "nothing that says gzip", requests: [gzipped("")] },
  { title: "half a gzip header", requests: [gzipped(gzipSync(ONE).subarray(0, 5))] },
  { title: "gzip in capitals", requests: [gzipped(gzipSync(ONE), "GZIP")] },
  { title: "gzip that says nothing", requests: [put("/metrics/job/a", gzipSync(ONE))] },
  { title: "plain text that says deflate", requests: [gzipped(ONE, "deflate")] },
  { title: "plain text that says identity", requests: [gzipped(ONE, "identity")] },
  {
    title: "a DELETE that says gzip",
    requests: [{ ...del("/metrics/job/a"), headers: { "content-encoding": "gzip" } }],
  },
  {
    title: "a scrape that says gzip",
    requests: [{ method: "GET", path: "/metrics", headers: { "content-encoding": "gzip" } }],
  },
  { title: "a bad gzip to nowhere", requests: [{ ...gzipped("x"), path: "/nowhere" }] },
  ...[
    "text/plain",
    "text/plain; version=0.0.4",
    "application/openmetrics-text; version=1.0.0",
    "application/json",
    "nonsense;;",
  ].map((type) => ({
    title: `the content type ${type}`,
    requests: [{ ...put("/metrics/job/a"), headers: { "content-type": type } }],
  })),
];

/** By hand: every rule of the gateway, kept and broken. */
export const stories: readonly Story[] = [
  ...methods,
  ...pages,
  ...paths,
  ...numbers,
  ...syntax,
  ...complexTypes,
  ...grouping,
  ...acrossGroups,
  ...encodings,
];
