import { BadRequest } from "../text/bad-request.js";
import { sortedLabels, type Labels } from "../text/metric-family.js";
import { utf8 } from "../text/utf8.js";

const PUSH_PATH = /^\/metrics\/job(@base64)?\/([^/]+)(?:\/(.*))?$/s;
const BASE64_SUFFIX = "@base64";
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const BASE64_URL = /^[A-Za-z0-9_-]*$/;

/** Whether this is a push path. The labels in it may still be invalid. */
export function isPushPath(path: string): boolean {
  return PUSH_PATH.test(path);
}

/**
 * Reads the grouping labels from `/metrics/job/<job>{/<label>/<value>}`.
 *
 * @param path decoded and cleaned, one character per byte
 * @throws BadRequest
 */
export function groupingLabels(path: string): Labels {
  const [, jobSuffix, rawJob = "", rest = ""] = PUSH_PATH.exec(path) ?? [];
  const job = jobSuffix === undefined ? rawJob : decodeBase64("job", rawJob);
  const labels = new Map<string, string>();
  const parts = rest === "" ? [] : rest.split("/");
  if (parts.length % 2 !== 0)
    throw new BadRequest(`odd number of components in the labels of the path "/${rest}"`);
  for (let i = 0; i < parts.length; i += 2) {
    const [part = "", rawValue = ""] = parts.slice(i, i + 2);
    const encoded = part.endsWith(BASE64_SUFFIX);
    const name = encoded ? part.slice(0, -BASE64_SUFFIX.length) : part;
    if (!LABEL_NAME.test(name))
      throw new BadRequest(`improper label name ${JSON.stringify(name)} in the path`);
    // If a label is repeated, its last value wins.
    labels.set(name, text(name, encoded ? decodeBase64(name, rawValue) : rawValue));
  }
  if (job === "") throw new BadRequest("job name is required");
  // The job at the start of the path wins over a label `job`.
  labels.set("job", text("job", job));
  return sortedLabels(labels);
}

/** @returns the value, one character per byte */
function decodeBase64(label: string, value: string): string {
  // Like Go, skip line ends and ignore leftover bits.
  const digits = value.replace(/=+$/, "").replace(/[\r\n]/g, "");
  if (!BASE64_URL.test(digits) || digits.length % 4 === 1) {
    throw new BadRequest(`invalid base64 encoding for label ${label}=${JSON.stringify(value)}`);
  }
  return Buffer.from(digits, "base64url").toString("latin1");
}

function text(label: string, bytes: string): string {
  const value = utf8(bytes);
  if (value === undefined)
    throw new BadRequest(`the value of the label "${label}" in the path is not UTF-8`);
  return value;
}
