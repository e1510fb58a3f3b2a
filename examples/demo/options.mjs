import { parseArgs } from "node:util";

const platforms = ["lambda", "workers", "vercel"];

const usage = `npm run demo -- [${platforms.join("|")}] [--keep] [--port <port>] [--embedded]

  ${platforms.join(", ")}   run these only; default: all three
  --keep                    leave the gateway open at the end, until Ctrl-C
  --port <port>             the gateway's port, 1 to 65535; default: 9091 with --keep if that is free, else any
  --embedded                use the embedded gateway, though there is a Pushgateway on this machine`;

/**
 * Reads the options of the command line.
 *
 * @param {readonly string[]} words
 * @throws {Error} that shows the usage
 */
export function readOptions(words) {
  const { positionals, values } = parse(words);
  const unknown = positionals.find((name) => !platforms.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no platform ${JSON.stringify(unknown)}; there are ${platforms.join(", ")}.\n\n${usage}`,
    );
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new Error(`--port ${values.port} is no port from 1 to 65535.\n\n${usage}`);
  }
  return {
    help: values.help ? usage : undefined,
    platforms: platforms.filter((name) => positionals.length === 0 || positionals.includes(name)),
    keep: values.keep,
    embedded: values.embedded,
    port,
  };
}

/** @param {readonly string[]} words */
function parse(words) {
  try {
    return parseArgs({
      args: [...words],
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
