import { type Answer, ask, type Asked } from "./ask.js";
import type { Endpoint } from "./endpoint.js";
import { fine, type Finding, StepFailed, warning } from "./step.js";
import { isWebPage, statusAdvice } from "./status-advice.js";

/** What answers at the address. */
export type Answerer = "pushgateway" | "embedded gateway" | "aggregator" | "unknown";

export interface Identified extends Finding {
  readonly answerer: Answerer;
  /** It asks for credentials, or for other ones. */
  readonly refused?: Answer;
}

/** Asks what answers. @throws StepFailed if it is something that takes no pushes */
export async function identify(
  endpoint: Endpoint,
  asked: Pick<Asked, "timeoutMs" | "signal">,
): Promise<Identified> {
  const ready = await ask(endpoint, "/-/ready", asked);
  if (ready.status === 401 || ready.status === 403) return closed(ready);
  if (ready.status >= 300 && ready.status < 404) throw statusAdvice(ready, endpoint, "/-/ready");
  if (ready.status === 503) throw statusAdvice(ready, endpoint, "/-/ready");
  if (ready.status === 502 || ready.status === 504) {
    throw statusAdvice(ready, endpoint, "/-/ready");
  }
  if (isWebPage(ready) && ready.status < 300) throw statusAdvice(ready, endpoint, "/-/ready");
  if (/VictoriaMetrics/i.test(ready.body)) {
    throw new StepFailed(
      "this is VictoriaMetrics, which is no Pushgateway",
      "Push to a Pushgateway or an aggregator, and let VictoriaMetrics scrape it.",
    );
  }
  if (/Prometheus Server is/i.test(ready.body)) {
    throw new StepFailed(
      "this is Prometheus, which takes no pushes",
      "Give the address of the Pushgateway (usually port 9091) or of the aggregator (9092).",
    );
  }
  if (ready.status === 200 && ready.body.trim() === "ready") {
    return { ...fine("a prefreeze aggregator"), answerer: "aggregator" };
  }
  const status = await ask(endpoint, "/api/v1/status", asked);
  if (status.status === 401 || status.status === 403) return closed(status);
  const build = statusOf(status);
  if (build === undefined) {
    return {
      ...warning(
        "something that shows neither a version nor whether it is ready",
        "If that is a proxy which passes pushes alone, it is as it should be.",
      ),
      answerer: "unknown",
    };
  }
  if (build.version === "embedded") {
    return {
      ...warning(
        "the embedded gateway of @prefreeze/gateway",
        "It is for tests and local work, since it forgets everything when it ends. Run a Pushgateway in production.",
      ),
      answerer: "embedded gateway",
    };
  }
  return { ...judge(build), answerer: "pushgateway" };
}

function closed(refused: Answer): Identified {
  return { ...fine("something that asks for credentials"), answerer: "unknown", refused };
}

interface Build {
  readonly version: string;
  readonly isUnchecked: boolean;
}

function statusOf({ status, body }: Answer): Build | undefined {
  if (status !== 200) return undefined;
  try {
    const { data } = JSON.parse(body) as {
      data?: {
        build_information?: { version?: unknown };
        flags?: Readonly<Record<string, unknown>>;
      };
    };
    const version = data?.build_information?.version;
    if (typeof version !== "string") return undefined;
    return {
      version: version.replaceAll(/[^\w.+~-]/g, "").slice(0, 40),
      isUnchecked: data?.flags?.["push.disable-consistency-check"] === "true",
    };
  } catch {
    return undefined;
  }
}

function judge({ version, isUnchecked }: Build): Finding {
  const name = `Pushgateway ${version}`;
  if (isUnchecked) {
    return warning(
      `${name}, with --push.disable-consistency-check`,
      "Remove that flag: without the check, one push with another type of a metric makes every scrape fail.",
    );
  }
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major === 1 && minor === 11 && patch === 0) {
    return warning(
      name,
      "Upgrade to 1.11.1: this version closes the connection instead of refusing a push that conflicts with another group.",
    );
  }
  if (major === 1 && minor < 6) {
    return warning(
      name,
      "Upgrade to 1.11.1: this version stores half of a push that was cut off, and a push with a broken base64 job hangs later ones.",
    );
  }
  return fine(name);
}
