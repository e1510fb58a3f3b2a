import { WrongInput } from "../arguments/wrong-input.js";
import type { Pushgateway } from "../arguments/pushgateway-option.js";

/**
 * Reads the address of a Prometheus, and what it asks for, from the option and the environment.
 *
 * @throws WrongInput if it is no address, or credentials are incomplete
 */
export function readPrometheus(
  text: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Pushgateway | undefined {
  if (text === undefined) return undefined;
  const address = text.includes("://") ? text : `http://${text}`;
  if (text.includes("@")) {
    throw new WrongInput(
      "--prometheus has an @: leave credentials out, and set PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD in the environment",
    );
  }
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new WrongInput(
      "--prometheus is not an address: give it as in http://127.0.0.1:9090 or https://host/path",
    );
  }
  return { url: address.replace(/\/+$/, ""), headers: headersFrom(environment) };
}

function headersFrom(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const username = environment["PROMETHEUS_USERNAME"];
  const password = environment["PROMETHEUS_PASSWORD"];
  const token = environment["PROMETHEUS_BEARER_TOKEN"];
  if (!username !== !password) {
    throw new WrongInput("set PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD together");
  }
  if (token) return { authorization: `Bearer ${token}` };
  if (!username) return {};
  const both = Buffer.from(`${username}:${password}`).toString("base64");
  return { authorization: `Basic ${both}` };
}
