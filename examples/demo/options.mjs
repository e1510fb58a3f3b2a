import { parseArgs } from "node:util";

const platforms = ["lambda", "workers", "vercel", "node"];

const usage = `npm run demo -- [${platforms.join("|")}] [--keep] [--port <port>] [--embedded]

  ${platforms.join(", ")}   run only these platforms; default: all four
  --keep                    keep the gateway open at the end, until Ctrl-C
  --port <port>             the gateway's port; default: with --keep 9091 if it is free, otherwise any free port
  --embedded                use the embedded gateway even if this machine has a Pushgateway`;

/**
 * Reads the options of the command line.
 *
 * @param {readonly string[]} args
 * @throws {Error} with the usage, if an option is unknown or invalid
 */
export function readOptions(args) {
  const { positionals, values } = parse(args);
  const unknown = positionals.find((name) => !platforms.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `Unknown platform ${JSON.stringify(unknown)}. Choose from ${platforms.join(", ")}.\n\n${usage}`,
    );
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new Error(`--port must be a number from 1 to 65535, not ${values.port}.\n\n${usage}`);
  }
  return {
    help: values.help ? usage : undefined,
    platforms: platforms.filter((name) => positionals.length === 0 || positionals.includes(name)),
    keep: values.keep,
    embedded: values.embedded,
    port,
  };
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        keep: { type: "boolean", default: false },
        embedded: { type: "boolean", default: false },
        port: { type: "string" },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${usage}`, {
      cause: error,
    });
  }
}
