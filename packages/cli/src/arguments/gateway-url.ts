import { WrongInput } from "./wrong-input.js";

/**
 * Parses the address of a Pushgateway, or of a Prometheus. Everybody on the machine can read a command line, so credentials in it are
 * refused. The parser of the command line would repeat the address in its message; these messages do not.
 *
 * @throws WrongInput if it is none, or holds credentials
 */
export function gatewayUrl(
  text: string,
  option: "pushgateway" | "prometheus" = "pushgateway",
): string {
  const address = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (text.includes("@")) {
    throw new WrongInput(
      `--${option} has an @: leave credentials out, and set ${option.toUpperCase()}_USERNAME and ${option.toUpperCase()}_PASSWORD in the environment`,
    );
  }
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    throw new WrongInput(
      `--${option} is not an address: give it as in http://127.0.0.1:9091 or https://host/path`,
    );
  }
  return url.href.replace(/\/$/, "");
}
