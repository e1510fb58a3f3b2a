import { InvalidArgumentError } from "commander";

export interface ListenAddress {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

/**
 * Parses an address to listen on: `127.0.0.1:9092`, `[::1]:9092`, `localhost:9092`, or `:9092` for all interfaces.
 *
 * @throws InvalidArgumentError if it is none
 */
export function listenAddress(text: string): ListenAddress {
  const [, six, name = "", digits = ""] =
    /^(?:\[([0-9a-f:.]+)\]|([\w.-]*)):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === "" || port > 65_535) {
    throw new InvalidArgumentError(
      "Give a host and a port, as in 127.0.0.1:9092, [::1]:9092 or :9092.",
    );
  }
  return { host: six ?? (name === "" ? "::" : name), port };
}
