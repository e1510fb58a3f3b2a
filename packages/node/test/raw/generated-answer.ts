import fc from "fast-check";

/** An answer as a server sends it. */
export interface GeneratedAnswer {
  readonly bytes: Buffer;
  /** Positions between two writes of the server. */
  readonly cuts: readonly number[];
  /** The server closes the connection after it. */
  readonly closes: boolean;
  /** All of it is what RFC 9112 allows, and it is all there. */
  readonly isWellFormed: boolean;
}

const latin1 = (text: string) => Buffer.from(text, "latin1");

const TOKEN = [..."!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const VISIBLE = Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n));
const OBSOLETE = ["\x80", "\xa0", "\xe4", "\xff"];

const textOf = (characters: readonly string[], maxLength: number, minLength = 0) =>
  fc.array(fc.constantFrom(...characters), { minLength, maxLength }).map((found) => found.join(""));
const token = textOf(TOKEN, 12, 1);
const blank = fc.constantFrom("", " ", " ", "\t", "  ", " \t ");
const value = textOf([...VISIBLE, ...OBSOLETE, " ", "\t"], 40);
const otherLine = fc
  .tuple(
    token.filter(
      (name) =>
        !/^(content-length|transfer-encoding|(proxy-)?connection|keep-alive|location|upgrade)$/i.test(
          name,
        ),
    ),
    blank,
    value,
    blank,
  )
  .map(([name, before, text, after]) => `${name}:${before}${text}${after}\r\n`);
const anyCase = (text: string) =>
  fc.constantFrom(text, text.toLowerCase(), text.toUpperCase(), text);
const line = (name: string, ...values: string[]) =>
  fc
    .tuple(anyCase(name), blank, fc.constantFrom(...values))
    .map((parts) => `${parts[0]}:${parts[1]}${parts[2]}\r\n`);
const maybe = (lines: fc.Arbitrary<string>) => fc.oneof(fc.constant(""), fc.constant(""), lines);
const otherLines = fc.array(otherLine, { maxLength: 5 });

/** Lines in any order. */
const mixed = (...lines: fc.Arbitrary<string>[]) =>
  fc
    .tuple(otherLines, ...lines)
    .chain(([others, ...found]) =>
      fc.shuffledSubarray([...others, ...found], {
        minLength: others.length + found.length,
      }),
    )
    .map((found) => found.join(""));

const interim = fc
  .tuple(fc.constantFrom("100 Continue", "102 Processing", "103 Early Hints", "100 "), otherLines)
  .map(([status, lines]) => `HTTP/1.1 ${status}\r\n${lines.join("")}\r\n`);

const body = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.string({ maxLength: 300 }).map((text) => Buffer.from(text)),
  fc.string({ unit: "binary", maxLength: 100 }).map((text) => Buffer.from(text)),
  // Not UTF-8.
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  // Longer than what is read.
  fc.integer({ min: 9_990, max: 30_000 }).map((length) => Buffer.alloc(length, "x")),
);

const extension = fc
  .tuple(
    token,
    fc.oneof(
      fc.constant(""),
      token.map((text) => `=${text}`),
      textOf([..."abc XYZ\t;,=()"], 8).map((text) => `="${text}"`),
    ),
  )
  .map(([name, text]) => `;${name}${text}`);

/** Cuts bytes into chunks with sizes, extensions and trailers. */
const inChunks = (bytes: Buffer) =>
  fc
    .tuple(
      fc.array(
        fc.tuple(
          fc.integer({ min: 1, max: 4_000 }),
          fc.constantFrom(0, 0, 1, 3),
          fc.boolean(),
          fc.array(extension, { maxLength: 2 }),
        ),
        { minLength: 8, maxLength: 12 },
      ),
      fc.constantFrom("0", "0", "000"),
      fc.oneof(fc.constant([]), otherLines),
    )
    .map(([chunks, last, trailers]) => {
      const parts: Buffer[] = [];
      let at = 0;
      for (let i = 0; at < bytes.length; i++) {
        const [most, zeros, isUpper, extensions] = chunks[i % chunks.length]!;
        const piece = bytes.subarray(at, (at += most));
        const hex = "0".repeat(zeros) + piece.length.toString(16);
        const size = isUpper ? hex.toUpperCase() : hex;
        // Enough of them would be too long together.
        const more = i < 5 ? extensions.join("") : "";
        parts.push(latin1(`${size}${more}\r\n`), piece, latin1("\r\n"));
      }
      return Buffer.concat([...parts, latin1(`${last}\r\n${trailers.join("")}\r\n`)]);
    });

const reason = fc.oneof(
  fc.constant(" OK"),
  fc.constant(" "),
  fc.constant(""),
  textOf([...VISIBLE, ...OBSOLETE, " ", "\t"], 20).map((text) => ` ${text}`),
);
const status = fc.constantFrom(200, 202, 200, 202, 201, 204, 299, 301, 304, 307, 400, 404, 410, 429, 500, 503, 599); // prettier-ignore

const wellFormed = fc
  .tuple(
    fc.oneof(fc.constant([]), fc.array(interim, { maxLength: 3 })),
    status,
    reason,
    body,
    fc.constantFrom("length", "length", "chunked", "close", "old"),
    fc.tuple(
      maybe(line("Connection", "keep-alive", "close", "Keep-Alive", "upgrade")),
      maybe(line("Keep-Alive", "timeout=5", "timeout=120, max=100", "timeout=1")),
      maybe(line("Location", "/elsewhere", "http://other.example/a b", "ä")),
    ),
  )
  .chain(([interims, code, words, content, framing, lines]) => {
    const isBare = code === 204 || code === 304;
    const payload = isBare ? Buffer.alloc(0) : content;
    const framed = framing === "chunked" && !isBare ? inChunks(payload) : fc.constant(payload);
    const own =
      framing === "chunked" && !isBare
        ? line("Transfer-Encoding", "chunked", "Chunked")
        : framing === "length"
          ? line("Content-Length", String(payload.length), `00${payload.length}`)
          : fc.constant("");
    return fc.tuple(own, framed).chain(([length, sent]) =>
      mixed(fc.constant(length), ...lines.map((each) => fc.constant(each))).map((headers) => ({
        bytes: Buffer.concat([
          latin1(
            `${interims.join("")}HTTP/1.${framing === "old" ? 0 : 1} ${code}${words}\r\n${headers}\r\n`,
          ),
          sent,
        ]),
        mustClose: framing === "close" || framing === "old",
      })),
    );
  });

const WRONG_LINES = [
  "Content-Length: 5",
  "Content-Length: 5, 5",
  "Content-Length: +5",
  "Content-Length: -1",
  "Content-Length: 0x5",
  "Content-Length: 5 5",
  "Content-Length:",
  "Content-Length: 99999999999999999999",
  "Content-Length : 5",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, gzip",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked ",
  "Transfer-Encoding: chunked\t",
  "Content-Length: 5 ",
  "Content-Length: 5\t",
  "Connection: close ",
  "Connection: close\t",
  "Location: /elsewhere ",
  "Transfer-Encoding: chunked ;a=b",
  "Transfer-Encoding:",
  "Transfer-Encoding: \x0bchunked",
  "Location: /first\r\nLocation: /second",
  "Connection: keep-alive, close",
  "Connection: close\r\nConnection: keep-alive",
  "Proxy-Connection: close",
  "Upgrade: h2c\r\nConnection: Upgrade",
  "Two words: x",
  "Space : x",
  " Folded: x",
  "X: a\r\n folded",
  "X: a\r\n\tfolded",
  ": no name",
  "no colon",
  "",
  "X: a\x00b",
  "X: a\x0bb",
  "X: a\x7fb",
  "X: a\rb",
  "X: a\nY: b",
  "X: a\n",
  "X(: b",
  "X\x80: b",
  `X: ${"y".repeat(20_000)}`,
  `${"X: y\r\n".repeat(3_000)}X: y`,
];
const WRONG_STARTS = [
  "HTTP/1.1 200 OK\n",
  "HTTP/1.1 200 O\rK\r\n",
  "HTTP/1.1 200 O\x00K\r\n",
  "HTTP/1.1  200 OK\r\n",
  "HTTP/1.1 200\tOK\r\n",
  "HTTP/1.1 20 OK\r\n",
  "HTTP/1.1 2000 OK\r\n",
  "HTTP/1.1 099 OK\r\n",
  "HTTP/1.1 700 OK\r\n",
  "HTTP/1.1 2x0 OK\r\n",
  "HTTP/1.1\r\n",
  "HTTP/2.0 200 OK\r\n",
  "HTTP/1.2 200 OK\r\n",
  "HTTP/0.9 200 OK\r\n",
  "HTTP/1.10 200 OK\r\n",
  "http/1.1 200 OK\r\n",
  "HTTPS/1.1 200 OK\r\n",
  "ICY 200 OK\r\n",
  "RTSP/1.1 200 OK\r\n",
  " HTTP/1.1 200 OK\r\n",
  "\r\nHTTP/1.1 200 OK\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nHTTP/1.1 200 OK\r\n",
  "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n",
  "HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\n",
  "HTTP/1.1 103 Early\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n",
  "HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\n",
  `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000)}HTTP/1.1 200 OK\r\n`,
  "220 smtp.example ESMTP\r\n",
  "\x15\x03\x01\x00\x02\x02\x46",
];
const CRITICAL = ["\r", "\n", "\r\n", " ", "\t", ":", ";", '"', "\x00", "\x0b", "\x7f", "\x80", "\xff", "0", "5", "f", "g", "-", ","]; // prettier-ignore

type Fault = (bytes: Buffer, at: number) => Buffer;

/** Where headers of the last answer begin. */
function headersAt(bytes: Buffer): number {
  const text = bytes.toString("latin1");
  return text.indexOf("\r\n", Math.max(0, text.lastIndexOf("HTTP/1."))) + 2;
}

const splice = (bytes: Buffer, from: number, to: number, text: string) =>
  Buffer.concat([bytes.subarray(0, from), latin1(text), bytes.subarray(to)]);

/** Most faults should be near a line's end, or in a head. */
const positionIn = (bytes: Buffer, at: number) => {
  const ends = [...bytes.toString("latin1").matchAll(/\r\n/g)].map(({ index }) => index);
  const near = ends[at % Math.max(ends.length, 1)] ?? 0;
  return at % 3 === 0
    ? at % bytes.length
    : Math.max(0, Math.min(bytes.length, near + (at % 5) - 1));
};

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom(...CRITICAL).map((text): Fault => (bytes, at) => {
    const from = positionIn(bytes, at);
    return splice(bytes, from, from, text);
  }),
  fc.constantFrom(...CRITICAL).map((text): Fault => (bytes, at) => {
    const from = positionIn(bytes, at);
    return splice(bytes, from, from + 1, text);
  }),
  fc.constant<Fault>((bytes, at) => {
    const from = positionIn(bytes, at);
    return splice(bytes, from, from + 1, "");
  }),
  fc.constant<Fault>((bytes, at) => bytes.subarray(0, at % bytes.length)),
  fc.constantFrom(...WRONG_LINES).map((text): Fault => (bytes) => {
    const from = headersAt(bytes);
    return splice(bytes, from, from, `${text}\r\n`);
  }),
  fc.constantFrom(...WRONG_STARTS).map(
    (text): Fault =>
      (bytes) =>
        splice(bytes, 0, headersAt(bytes), text),
  ),
  fc
    .constantFrom("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "x", "\r\n", "0\r\n\r\n", "\x00")
    .map(
      (text): Fault =>
        (bytes) =>
          splice(bytes, bytes.length, bytes.length, text),
    ),
);

const split = fc.oneof(
  { weight: 4, arbitrary: fc.constant<"no">("no") },
  { weight: 5, arbitrary: fc.array(fc.nat(40_000), { maxLength: 6 }) },
  // It takes a packet for each.
  { weight: 1, arbitrary: fc.constant<"bytes">("bytes") },
);

function cutsOf(bytes: Buffer, how: "no" | "bytes" | readonly number[]): number[] {
  if (how === "no") return [];
  if (how === "bytes")
    return Array.from({ length: Math.min(bytes.length - 1, 400) }, (_, n) => n + 1);
  return [...new Set(how.map((at) => 1 + (at % Math.max(bytes.length - 1, 1))))].sort(
    (a, b) => a - b,
  );
}

/** Answers of all kinds: every other one has one to three faults. */
export const generatedAnswer: fc.Arbitrary<GeneratedAnswer> = fc
  .tuple(
    wellFormed,
    fc.oneof(
      fc.constant([]),
      fc.array(fc.tuple(fault, fc.nat(100_000)), { minLength: 1, maxLength: 3 }),
    ),
    split,
    fc.boolean(),
  )
  .map(([{ bytes, mustClose }, faults, how, closes]) => {
    const wrong = faults.reduce<Buffer>(
      (so_far, [change, at]) => (so_far.length > 0 ? change(so_far, at) : so_far),
      bytes,
    );
    return {
      bytes: wrong,
      cuts: cutsOf(wrong, how),
      closes: closes || mustClose || faults.length > 0,
      isWellFormed: faults.length === 0,
    };
  });
