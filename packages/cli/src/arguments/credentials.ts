import { readFileSync } from "node:fs";
import { WrongInput } from "./wrong-input.js";

/** Who may use an address: basic auth, a bearer token, or either of them. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
}

/** The files that hold credentials. A command line is readable by everybody, so it never holds them itself. */
export interface CredentialFiles {
  readonly usernameFile?: string;
  readonly passwordFile?: string;
  readonly bearerTokenFile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads what whoever pushes must send: from the files, or else from the environment variables `PREFREEZE_USERNAME`,
 * `PREFREEZE_PASSWORD` and `PREFREEZE_BEARER_TOKEN`.
 *
 * @returns undefined if nobody needs credentials
 * @throws WrongInput if a file cannot be read or is empty, or one of username and password is missing
 */
export function readCredentials(
  files: CredentialFiles,
  environment: Environment,
): Credentials | undefined {
  return together(
    fromFile("--username-file", files.usernameFile) ?? environment["PREFREEZE_USERNAME"],
    fromFile("--password-file", files.passwordFile) ?? environment["PREFREEZE_PASSWORD"],
    fromFile("--bearer-token-file", files.bearerTokenFile) ?? environment["PREFREEZE_BEARER_TOKEN"],
    "give --username-file and --password-file together (or PREFREEZE_USERNAME and PREFREEZE_PASSWORD)",
  );
}

/**
 * Reads what the Pushgateway asks for, from the environment variables that functions have, too. What a Prometheus asks
 * for stands in variables of its own.
 *
 * @returns undefined if it asks for none
 * @throws WrongInput if one of username and password is missing
 */
export function readGatewayCredentials(
  environment: Environment,
  of: "PUSHGATEWAY" | "PROMETHEUS" = "PUSHGATEWAY",
): Credentials | undefined {
  return together(
    environment[`${of}_USERNAME`],
    environment[`${of}_PASSWORD`],
    environment[`${of}_BEARER_TOKEN`],
    `set ${of}_USERNAME and ${of}_PASSWORD together`,
  );
}

function together(
  username: string | undefined,
  password: string | undefined,
  bearerToken: string | undefined,
  advice: string,
): Credentials | undefined {
  if (!username !== !password) throw new WrongInput(advice);
  if (bearerToken) {
    if (username) throw new WrongInput(`give either a bearer token or a password, or ${advice}`);
    return { bearerToken };
  }
  return username && password ? { username, password } : undefined;
}

function fromFile(option: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  // Editors end a file with a line break, which is no part of a password.
  const text = readInput(option, path).replace(/\r?\n$/, "");
  if (text === "") throw new WrongInput(`${option}: ${path} is empty`);
  if (/[\r\n]/.test(text)) throw new WrongInput(`${option}: ${path} has more than one line`);
  return text;
}

/**
 * Reads a file that an option names.
 *
 * @throws WrongInput if it cannot be read
 */
export function readInput(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new WrongInput(`${option}: ${path} ${WHY[code] ?? `cannot be read (${code})`}`);
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "may not be read by this user",
  EISDIR: "is a folder",
};
