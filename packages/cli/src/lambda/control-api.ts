import type { LambdaClient, ListFunctionsCommandOutput } from "@aws-sdk/client-lambda";
import { WrongInput } from "../arguments/wrong-input.js";
import {
  isMissing,
  RequestFailed,
  throwIfNoAccess,
  TimedOut,
  Unreadable,
} from "./explain-error.js";
import type { FunctionConfiguration } from "./function-configuration.js";
import { toConfiguration } from "./read-configuration.js";
import type { Settings } from "./settings.js";

/** Which account, and as whom. What is not given, the AWS SDK finds as always. */
export interface LambdaAccess {
  /** Default: the function's ARN, `AWS_REGION`, or the profile. */
  readonly region?: string;
  /** A profile of AWS's configuration files. Default: `AWS_PROFILE`. */
  readonly profile?: string;
}

/** An alias: a name for a version. */
export interface Alias {
  readonly name: string;
  readonly version: string;
  /** Versions that take a part of its calls. */
  readonly otherVersions: Readonly<Record<string, number>>;
  readonly revisionId: string | undefined;
}

/** The requests to Lambda that change functions, of one region. */
export interface ControlApi {
  configuration(name: string, qualifier?: string): Promise<FunctionConfiguration>;
  /** All functions of the region, without the states of their updates. */
  functions(): AsyncGenerator<FunctionConfiguration>;
  update(name: string, settings: Settings, revisionId: string | undefined): Promise<void>;
  /** @returns the number of the version */
  publish(name: string, revisionId: string | undefined): Promise<string>;
  alias(name: string, alias: string): Promise<Alias | undefined>;
  aliases(name: string): Promise<Alias[]>;
  pointAlias(name: string, alias: Alias, version: string): Promise<void>;
  /** @returns the ARN of the layer's newest version; undefined if it has none */
  newestLayerVersion(layer: string): Promise<string | undefined>;
  tags(arn: string): Promise<Readonly<Record<string, string>>>;
}

/** The APIs of several regions, with one client each. */
export interface ControlApis {
  /** @param signal gives up all requests of this one */
  of(region: string | undefined, signal?: AbortSignal): ControlApi;
  close(): void;
}

/** How often a request is sent, if Lambda throttles it or answers 5xx. */
const MAX_ATTEMPTS = 8;
/** The longest time for one attempt. */
const ATTEMPT_MS = 20_000;
/** The longest time for one request, with all its attempts. */
const REQUEST_MS = 60_000;

interface Options {
  readonly abortSignal: AbortSignal;
}

/**
 * Loads the AWS SDK.
 *
 * @throws WrongInput if it is not installed
 */
export async function openControlApis(access: LambdaAccess): Promise<ControlApis> {
  const sdk = await import("@aws-sdk/client-lambda").catch((error: unknown) => {
    if (!/^(?:ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
    throw new WrongInput(
      "prefreeze lambda needs the AWS SDK: npm install @aws-sdk/client-lambda, or npx -p prefreeze -p @aws-sdk/client-lambda prefreeze lambda …",
    );
  });
  const clients = new Map<string | undefined, LambdaClient>();
  return {
    of(given, signal) {
      const region = (given ?? access.region) || undefined;
      let client = clients.get(region);
      if (client === undefined) {
        client = new sdk.LambdaClient({
          ...(region !== undefined && { region }),
          ...(access.profile !== undefined && { profile: access.profile }),
          // Slows all requests of this client down when one is throttled.
          retryMode: "adaptive",
          maxAttempts: MAX_ATTEMPTS,
          requestHandler: { requestTimeout: ATTEMPT_MS, throwOnRequestTimeout: true },
        });
        clients.set(region, client);
      }
      return controlApi(sdk, client, signal);
    },
    close() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

function controlApi(
  sdk: typeof import("@aws-sdk/client-lambda"),
  client: LambdaClient,
  signal: AbortSignal | undefined,
): ControlApi {
  /** The SDK waits between its attempts whatever the signal says, so its answer is not waited for. */
  async function request<T>(action: string, send: (options: Options) => Promise<T>): Promise<T> {
    const bound = AbortSignal.timeout(REQUEST_MS);
    const abortSignal = signal === undefined ? bound : AbortSignal.any([bound, signal]);
    try {
      return await Promise.race([send({ abortSignal }), aborted(abortSignal)]);
    } catch (error) {
      throwIfNoAccess(error);
      throw new RequestFailed(`lambda:${action}`, error);
    }
  }
  return {
    async configuration(FunctionName, Qualifier) {
      const command = new sdk.GetFunctionConfigurationCommand({ FunctionName, Qualifier });
      const action = "GetFunctionConfiguration";
      const answer = await request(action, (options) => client.send(command, options));
      if (!answer.FunctionArn) throw new RequestFailed(`lambda:${action}`, new Unreadable());
      return toConfiguration(answer);
    },
    async *functions() {
      let Marker: string | undefined;
      do {
        const page: ListFunctionsCommandOutput = await request("ListFunctions", (options) =>
          client.send(new sdk.ListFunctionsCommand({ Marker }), options),
        );
        if (page.Functions === undefined) {
          throw new RequestFailed("lambda:ListFunctions", new Unreadable());
        }
        for (const each of page.Functions) yield toConfiguration(each);
        Marker = page.NextMarker || undefined;
      } while (Marker !== undefined);
    },
    async update(FunctionName, { layers, variables }, RevisionId) {
      const command = new sdk.UpdateFunctionConfigurationCommand({
        FunctionName,
        RevisionId,
        Layers: [...layers],
        // The API replaces all variables by these.
        Environment: { Variables: Object.fromEntries(variables) },
      });
      await request("UpdateFunctionConfiguration", (options) => client.send(command, options));
    },
    async publish(FunctionName, RevisionId) {
      const command = new sdk.PublishVersionCommand({ FunctionName, RevisionId });
      return (
        (await request("PublishVersion", (options) => client.send(command, options))).Version ?? ""
      );
    },
    async alias(FunctionName, Name) {
      try {
        return toAlias(
          await request("GetAlias", (options) =>
            client.send(new sdk.GetAliasCommand({ FunctionName, Name }), options),
          ),
        );
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async aliases(FunctionName) {
      const found: Alias[] = [];
      let Marker: string | undefined;
      do {
        const page = await request("ListAliases", (options) =>
          client.send(new sdk.ListAliasesCommand({ FunctionName, Marker }), options),
        );
        found.push(...(page.Aliases ?? []).map(toAlias));
        Marker = page.NextMarker || undefined;
      } while (Marker !== undefined);
      return found;
    },
    async pointAlias(FunctionName, { name, revisionId }, FunctionVersion) {
      const command = new sdk.UpdateAliasCommand({
        FunctionName,
        Name: name,
        FunctionVersion,
        RevisionId: revisionId,
      });
      await request("UpdateAlias", (options) => client.send(command, options));
    },
    async newestLayerVersion(LayerName) {
      const command = new sdk.ListLayerVersionsCommand({ LayerName, MaxItems: 1 });
      const { LayerVersions = [] } = await request("ListLayerVersions", (options) =>
        client.send(command, options),
      );
      return LayerVersions[0]?.LayerVersionArn;
    },
    async tags(Resource) {
      return (
        (
          await request("ListTags", (options) =>
            client.send(new sdk.ListTagsCommand({ Resource }), options),
          )
        ).Tags ?? {}
      );
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(new TimedOut());
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
}

function toAlias(answer: {
  readonly Name?: string | undefined;
  readonly FunctionVersion?: string | undefined;
  readonly RevisionId?: string | undefined;
  readonly RoutingConfig?:
    | { readonly AdditionalVersionWeights?: Readonly<Record<string, number>> | undefined }
    | undefined;
}): Alias {
  return {
    name: answer.Name ?? "",
    version: answer.FunctionVersion ?? "",
    otherVersions: answer.RoutingConfig?.AdditionalVersionWeights ?? {},
    revisionId: answer.RevisionId,
  };
}
