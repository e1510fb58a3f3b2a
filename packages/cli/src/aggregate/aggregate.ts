import { type AggregatorOptions, startAggregator } from "@prefreeze/aggregator";
import { gatewayUrl } from "../arguments/gateway-url.js";
import type { ListenAddress } from "../arguments/listen-address.js";
import { outliveReaders, report } from "../output/report.js";
import { WrongInput } from "../arguments/wrong-input.js";
import {
  type CredentialFiles,
  readCredentials,
  readGatewayCredentials,
  readInput,
} from "../arguments/credentials.js";
import { terminated } from "../signals/terminated.js";

/** The options of `prefreeze aggregate`, parsed. Credentials are in files or in the environment. */
export interface AggregateWords extends CredentialFiles {
  readonly state: string;
  readonly listen: ListenAddress;
  readonly pushgateway: string;
  /** Milliseconds. */
  readonly pushInterval: number;
  /** Milliseconds. */
  readonly scrapeInterval: number;
  readonly name?: string;
  readonly maxSeries: number;
  readonly maxLives: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** Runs an aggregator until the process is told to end. */
export async function aggregate(words: AggregateWords): Promise<void> {
  outliveReaders();
  const options = toOptions(words, process.env);
  // From before the start: a signal during it ends the process by itself otherwise, with a half-read state.
  const end = terminated();
  const aggregator = await startAggregator(options);
  report(
    `prefreeze: listening on ${aggregator.url}, pushing totals to ${options.pushgateway}, state in ${words.state}`,
  );
  await end;
  await aggregator.close();
}

function toOptions(
  words: AggregateWords,
  environment: NodeJS.ProcessEnv,
): AggregatorOptions & { readonly pushgateway: string } {
  const { state, name } = words;
  if (name === "") throw new WrongInput("--name is empty: leave it out, or give a name");
  const tls = readTls(words);
  const auth = readCredentials(words, environment);
  const pushgatewayAuth = readGatewayCredentials(environment);
  return {
    directory: state,
    listen: words.listen,
    pushgateway: gatewayUrl(words.pushgateway),
    pushIntervalMs: words.pushInterval,
    scrapeIntervalMs: words.scrapeInterval,
    maxSeries: words.maxSeries,
    maxLives: words.maxLives,
    log: (line) => report(`prefreeze: ${line}`),
    ...(name === undefined ? {} : { name }),
    ...(tls && { tls }),
    ...(auth && { auth }),
    ...(pushgatewayAuth && { pushgatewayAuth }),
  };
}

function readTls({ tlsCert, tlsKey }: AggregateWords): { cert: string; key: string } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new WrongInput("give --tls-cert and --tls-key together");
  }
  return { cert: readInput("--tls-cert", tlsCert), key: readInput("--tls-key", tlsKey) };
}
