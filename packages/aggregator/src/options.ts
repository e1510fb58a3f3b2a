/** Credentials: those that writers must send, or those that a Pushgateway asks for. */
export interface Credentials {
  /** The user name of basic auth. */
  readonly username?: string;
  /** The password of basic auth. */
  readonly password?: string;
  /** A bearer token. */
  readonly bearerToken?: string;
}

/** A certificate and its key, as PEM. */
export interface TlsOptions {
  /** The certificate, followed by those that vouch for it. */
  readonly cert: string | Buffer;
  /** The private key of the certificate. */
  readonly key: string | Buffer;
}

/** How an aggregator runs. Only `directory` is required. */
export interface AggregatorOptions {
  /** The folder of its state. It is made if it is missing, and belongs to one process at a time. */
  readonly directory: string;
  /** Where it listens. Default: port 9092 of `127.0.0.1`, which only this machine can reach; port 0 takes a free one. */
  readonly listen?: { readonly host?: string; readonly port?: number };
  /** The address of the Pushgateway. Credentials in it are sent, and never printed. Default: `http://127.0.0.1:9091`. */
  readonly pushgateway?: string;
  /** What the Pushgateway asks for. Default: the credentials in its address, if it has some. */
  readonly pushgatewayAuth?: Credentials;
  /** The least time between two pushes of a group that changes, in milliseconds, from 10 to 60,000. Default: 1,000. */
  readonly pushIntervalMs?: number;
  /** How often Prometheus scrapes the Pushgateway, in milliseconds, from 0 to 3,600,000: a new series shows 0 for twice as long. Default: 15,000. */
  readonly scrapeIntervalMs?: number;
  /** The value of a grouping label `aggregator`, if there are several. Default: no such label. */
  readonly name?: string;
  /** The most series of a job, from 1 to 10,000,000. What is over adds up in one `_overflow` series a metric. Default: 10,000. */
  readonly maxSeries?: number;
  /** The number of lives that it knows at most, from 1 to 100,000,000. Default: 200,000. */
  readonly maxLives?: number;
  /** Serves HTTPS. Default: HTTP. */
  readonly tls?: TlsOptions;
  /** What every request must send, except those to `/-/healthy` and `/-/ready`. Default: nothing. */
  readonly auth?: Credentials;
  /** Called with one line for people when something changes, such as the state of the Pushgateway. Default: nothing is printed. */
  readonly log?: (message: string) => void;
}

/** The options with their defaults. */
export interface Settings {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly pushgateway: string;
  readonly pushgatewayAuth: Credentials;
  readonly pushIntervalMs: number;
  readonly scrapeIntervalMs: number;
  readonly name: string | undefined;
  readonly maxSeries: number;
  readonly maxLives: number;
  readonly tls: TlsOptions | undefined;
  readonly auth: Credentials;
  readonly log: (message: string) => void;
}

/** @throws TypeError that names an option and what is wrong with it */
export function settingsOf(options: AggregatorOptions): Settings {
  const { directory, listen = {}, name } = options;
  if (!directory) throw new TypeError("directory needs the path of a folder");
  if (name === "") throw new TypeError("name needs a text that is not empty");
  if (name !== undefined && name.length > 1_024)
    throw new TypeError("name is longer than 1,024 characters");
  const auth = credentials("auth", options.auth);
  return {
    directory,
    host: listen.host ?? "127.0.0.1",
    port: whole("listen.port", listen.port ?? 9_092, 0, 65_535),
    pushgateway: options.pushgateway ?? "http://127.0.0.1:9091",
    pushgatewayAuth: credentials("pushgatewayAuth", options.pushgatewayAuth),
    pushIntervalMs: whole("pushIntervalMs", options.pushIntervalMs ?? 1_000, 10, 60_000),
    scrapeIntervalMs: whole("scrapeIntervalMs", options.scrapeIntervalMs ?? 15_000, 0, 3_600_000),
    name,
    maxSeries: whole("maxSeries", options.maxSeries ?? 10_000, 1, 10_000_000),
    maxLives: whole("maxLives", options.maxLives ?? 200_000, 1, 100_000_000),
    tls: options.tls,
    auth,
    log: options.log ?? (() => undefined),
  };
}

function whole(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(`${option} needs a whole number from ${least} to ${most}`);
}

function credentials(option: string, given: Credentials = {}): Credentials {
  const { username, password, bearerToken } = given;
  if (bearerToken !== undefined && (username !== undefined || password !== undefined))
    throw new TypeError(`${option} needs either a bearer token, or a user name and a password`);
  if (bearerToken === "" || password === "")
    throw new TypeError(`${option} has an empty password or token`);
  if (password !== undefined && username === undefined)
    throw new TypeError(`${option} has a password without a user name`);
  if (username !== undefined && password === undefined)
    throw new TypeError(`${option} has a user name without a password`);
  if (username?.includes(":"))
    throw new TypeError(`${option} has a user name with a colon, which basic auth cannot express`);
  return given;
}
