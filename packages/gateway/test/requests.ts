import { gzipSync } from "node:zlib";
import { put as putBody, type Exchange } from "./exchange.js";

/** A few requests to an empty gateway, one after another. */
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
const GAUGE_HISTOGRAM = HISTOGRAM.replace("histogram", "gaugehistogram");
const SUMMARY = `# TYPE s summary
s{quantile="0.5"} 0.2
s{quantile="0.99"} NaN
s_sum 4.5
s_count 3
`;

const base64 = (text: string): string => Buffer.from(text).toString("base64url");
const put = (path: string, body: string | Buffer = ONE): Exchange => putBody(path, body);
const post = (path: string, body: string | Buffer = ONE): Exchange => ({
  method: "POST",
  path,
  body,
});
const del = (path: string): Exchange => ({ method: "DELETE", path });
const encoded = (body: string | Buffer, encoding = "gzip"): Exchange => ({
  ...put("/metrics/job/a", body),
  headers: { "content-encoding": encoding },
});
const path = (target: string): Story => ({ title: `PUT ${target}`, requests: [put(target)] });
const body = (title: string, text: string | Buffer): Story => ({
  title,
  // To a new group and to an existing one: some refused pushes leave a trace, others do not.
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
  { title: "an empty PUT creates a group", requests: [put("/metrics/job/a", "")] },
  {
    title: "an empty POST sets only the push time",
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
    title: "POST may change the type of a family",
    requests: [post("/metrics/job/a", COUNTER), post("/metrics/job/a", GAUGE)],
  },
  {
    title: "DELETE deletes exactly one group",
    requests: [put("/metrics/job/a"), put("/metrics/job/a/b/c"), del("/metrics/job/a")],
  },
  {
    title: "DELETE with some of the labels deletes nothing",
    requests: [put("/metrics/job/a/b/c"), del("/metrics/job/a")],
  },
  { title: "DELETE of a group that does not exist", requests: [del("/metrics/job/never")] },
  {
    title: "DELETE of an invalid path",
    requests: [put("/metrics/job/a"), del("/metrics/job/a/b"), del("/metrics/job/a/__b/c")],
  },
  {
    title: "DELETE with a base64 job",
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

/** Names in double quotes, and inside the braces. */
const quotedNames: Story[] = [
  '{"x"} 1\n',
  '{"x"}1\n',
  ' { "x" , } 1\n',
  '{"x",a="b"} 1\n',
  '{"x", "a"="b", c="d"} 1 \n',
  "{x} 1\n",
  '{x,a="b"} 1\n',
  "{a:b} 1\n",
  '{"a:b"} 1\n',
  '{x"y"} 1\n',
  '{"x"y} 1\n',
  '{"x" 1\n',
  '{"x"',
  '{"x","y"} 1\n',
  '{"x",a="b","y"} 1\n',
  '{""} 1\n',
  '{"1x"} 1\n',
  '{"x.y"} 1\n',
  '{"x\\""} 1\n',
  '{"x\ny"} 1\n',
  '{"é"} 1\n',
  '{"x"} 1 1\n',
  '{a="b"} 1\n',
  "{} 1\n",
  "x 1\n{} 2\n",
  'x 1\n{a="b"} 2\n',
  'x 1\n{a="b","y"} 2\n',
  '"x" 1\n',
  '"x"{a="b"} 1\n',
  '"x.y" 1\n',
  '"x"y 1\n',
  'x"y" 1\n',
  'x"1" 1\n',
  'x"" 1\n',
  '"" 1\n',
  'x{"a"="b"} 1\n',
  'x{"a" = "b"} 1\n',
  'x{a"b"="c"} 1\n',
  'x{"a"b="c"} 1\n',
  'x{"a.b"="c"} 1\n',
  'x{""="c"} 1\n',
  'x{"a"="b",a="c"} 1\n',
  'x{"__name__"="b"} 1\n',
  'x{"y"} 1\n',
  'x{"y",a="b"} 1\n',
  '# TYPE "x" gauge\n# HELP "x" What x is.\nx 1\n',
  '# TYPE x"y" gauge\nxy 1\n',
  '# TYPE "x.y" gauge\nx 1\n',
  '# TYPE "x"gauge\nx 1\n',
  '# TYPE "" gauge\nx 1\n',
  '# TYPE "x\n',
  '# TYPE h histogram\n{"h_bucket",le="1"} 2\n{"h_count"} 3\n',
  '# TYPE h histogram\n{"h_bucket",a="b",le="1"} 2\n{"h_count",a="b"} 3\nh_sum{a="b"} 4\n',
  '# TYPE s summary\n{"s",quantile="0.5"} 2\n{"s_count"} 3\n',
  '# TYPE h histogram\nx 1\n{"h_bucket",a="b",le="1"} 2\n',
  '# TYPE h histogram\nx 1\n{"h_count"} 2\nh_sum 1\n',
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
  '# TYPE h histogram\nh_bucket{le="1"} 1.5\nh_bucket{le="2"} 2\nh_count 2\nh_sum 1\n',
  '# TYPE h histogram\nh_bucket{le="1"} 1\nh_count 2.5\n',
  '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2.5\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="1"} 1e18\nh_bucket{le="2"} 1e25\nh_count +Inf\n',
  '# TYPE h histogram\nh_bucket{le="1"} NaN\nh_count NaN\n',
  '# TYPE h histogram\nh_bucket{le="1"} -1\nh_count 3\n',
  "# TYPE h histogram\nh_count -1\n",
  "# TYPE h histogram\nh_count 2.5\nh_count 1\n",
  "# TYPE h histogram\nh_count 1\nh_count 2.5\nh_count 3.5\n",
  "# TYPE h histogram\nh_count -0\nh_sum -1\n",
  "# TYPE h gauge_histogram\nh 1\n",
  '# TYPE h gaugehistogram\nh_bucket{le="1"} 1.5\nh_bucket{le="2"} 1\nh_count 2\nh_sum 3\n',
  "# TYPE h GaugeHistogram\nh_gcount 2\nh_gsum 3\nh_count 4\n",
  "# TYPE h gaugehistogram\nh_count -1\n",
  "# TYPE h gaugehistogram\nh_count 1\nh_count 2\n",
  "# TYPE h_count counter\n# TYPE h gaugehistogram\nh_count 1\nh_sum 2\n",
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
    title: "a body label that is also a grouping label is overwritten",
    requests: [put("/metrics/job/a/b/c", 'x{b="d",e="f"} 1\n')],
  },
  {
    title: "overwritten labels make duplicates",
    requests: [put("/metrics/job/a", 'x{job="b"} 1\nx{job="c"} 1\n')],
  },
  {
    title: "a body label instance is kept",
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
    title: "a group with an empty label differs from one without",
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
    title: "the gateway's own push time with another type",
    requests: [
      put("/metrics/job/b"),
      put("/metrics/job/a", "# TYPE push_time_seconds counter\npush_time_seconds 1\n"),
    ],
  },
  {
    title: "two label sets in two groups",
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
    title: "a type may change once the other group is deleted",
    requests: [put("/metrics/job/a", COUNTER), del("/metrics/job/a"), put("/metrics/job/b", GAUGE)],
  },
  {
    title: "PUT may change the type of a family",
    requests: [put("/metrics/job/a", COUNTER), put("/metrics/job/a", GAUGE)],
  },
  {
    title: "a type may change once the other group is emptied",
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
    title: "gauge histogram h, then counter h, again and again",
    requests: [
      put("/metrics/job/a", GAUGE_HISTOGRAM),
      ...Array.from({ length: 20 }, () => put("/metrics/job/b", "# TYPE h counter\nh 1\n")),
    ],
  },
  ...["h_count 1\n", "h_bucket 1\n", HISTOGRAM].flatMap((other) => [
    {
      title: `gauge histogram h, then ${other.split("\n")[0]}`,
      requests: [put("/metrics/job/a", GAUGE_HISTOGRAM), put("/metrics/job/b", other)],
    },
    {
      title: `${other.split("\n")[0]}, then gauge histogram h`,
      requests: [put("/metrics/job/b", other), put("/metrics/job/a", GAUGE_HISTOGRAM)],
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
    title: "two help texts for one name",
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
      "go_memstats_lookups_total",
      "go_gc_gogc_percent",
      "process_network_receive_bytes_total",
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
    title: "a histogram whose series have the gateway's own names",
    requests: [
      put("/metrics/job/a", "# TYPE go_memstats_alloc histogram\ngo_memstats_alloc_sum 1\n"),
    ],
  },
];

/** `x 1` in the framing format of snappy: its magic chunk, then a chunk without compression, checksum first. */
const SNAPPY = Buffer.concat([
  Buffer.from([0xff, 0x06, 0x00, 0x00]),
  Buffer.from("sNaPpY"),
  Buffer.from([0x01, 0x08, 0x00, 0x00, 0xf5, 0xcf, 0xd4, 0xb9]),
  Buffer.from("x 1\n"),
]);

const encodings: Story[] = [
  { title: "gzip", requests: [encoded(gzipSync(ONE))] },
  { title: "gzip of nothing", requests: [encoded(gzipSync(""))] },
  { title: "gzip of invalid text", requests: [encoded(gzipSync("x 1"))] },
  { title: "gzip of a duplicate series", requests: [encoded(gzipSync("x 1\nx 1\n"))] },
  {
    title: "two gzip members",
    requests: [encoded(Buffer.concat([gzipSync("x 1\n"), gzipSync("y 1\n")]))],
  },
  { title: "plain text sent as gzip", requests: [encoded(ONE)] },
  { title: "an empty body sent as gzip", requests: [encoded("")] },
  { title: "half a gzip header", requests: [encoded(gzipSync(ONE).subarray(0, 5))] },
  { title: "gzip in capitals", requests: [encoded(gzipSync(ONE), "GZIP")] },
  { title: "snappy", requests: [encoded(SNAPPY, "snappy")] },
  { title: "gzip without its content-encoding", requests: [put("/metrics/job/a", gzipSync(ONE))] },
  { title: "plain text sent as deflate", requests: [encoded(ONE, "deflate")] },
  { title: "plain text sent as identity", requests: [encoded(ONE, "identity")] },
  {
    title: "an empty DELETE sent as gzip",
    requests: [{ ...del("/metrics/job/a"), headers: { "content-encoding": "gzip" } }],
  },
  {
    title: "an empty scrape request sent as gzip",
    requests: [{ method: "GET", path: "/metrics", headers: { "content-encoding": "gzip" } }],
  },
  {
    title: "an invalid gzip sent to an unknown path",
    requests: [{ ...encoded("x"), path: "/nowhere" }],
  },
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

/** Cases written by hand: each rule of the gateway, kept and broken. */
export const stories: readonly Story[] = [
  ...methods,
  ...pages,
  ...paths,
  ...numbers,
  ...syntax,
  ...quotedNames,
  ...complexTypes,
  ...grouping,
  ...acrossGroups,
  ...encodings,
];
