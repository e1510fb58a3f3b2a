import { Option } from "commander";
import { readGatewayCredentials } from "./credentials.js";
import { gatewayUrl } from "./gateway-url.js";
import { authorization, type Pushgateway } from "./pushgateway-option.js";

/** What the command line says about the Prometheus that scrapes the gateway. */
export interface PrometheusWords {
  readonly prometheus?: string;
}

/** The option of commands that ask the Prometheus that scrapes the gateway. */
export function prometheusOption(): Option {
  return new Option(
    "--prometheus <URL>",
    "who scrapes it; default: PROMETHEUS_URL, or this machine's",
  );
}

/**
 * Reads which Prometheus to ask, and what it asks for: `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`, or
 * `PROMETHEUS_BEARER_TOKEN`.
 *
 * @returns `http://127.0.0.1:9090` if nothing names any
 * @throws WrongInput if the address is none, or credentials are incomplete
 */
export function readPrometheus(
  { prometheus }: PrometheusWords,
  environment: Readonly<Record<string, string | undefined>>,
): Pushgateway {
  const auth = readGatewayCredentials(environment, "PROMETHEUS");
  const address = prometheus ?? (environment["PROMETHEUS_URL"] || "http://127.0.0.1:9090");
  return {
    url: gatewayUrl(address, "prometheus"),
    headers: auth === undefined ? {} : { authorization: authorization(auth) },
  };
}
