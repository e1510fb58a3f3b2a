import { randomUUID } from "node:crypto";
import { ApiError } from "./api-error.js";
import { checkLayers, checkVariables } from "./validate.js";

const ACCOUNT = "123456789012";
export const REGION = "eu-central-1";

/** What a function has. */
export interface Given {
  readonly runtime?: string | undefined;
  readonly packageType?: "Zip" | "Image";
  readonly handler?: string;
  readonly layers?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly codeSha256?: string;
  readonly memorySize?: number;
  readonly timeout?: number;
  readonly description?: string;
  readonly region?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** More fields of the answer: `SnapStart`, `MasterArn`, `KMSKeyArn`. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** These credentials may not decrypt the variables. */
  readonly isEncrypted?: boolean;
  /** How long an update takes. Default: 20 ms. */
  readonly updateMs?: number;
  /** Why updates fail, if they do. */
  readonly updateFails?: string;
}

interface Configuration {
  readonly given: Given;
  layers: readonly string[];
  variables: Readonly<Record<string, string>>;
  codeSha256: string;
  version: string;
  revisionId: string;
  updatingUntilMs: number;
  updateStatus: string;
}

interface Alias {
  version: string;
  revisionId: string;
  weights: Readonly<Record<string, number>>;
}

interface FakeFunction {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly latest: Configuration;
  readonly versions: Configuration[];
  readonly aliases: Map<string, Alias>;
}

type Input = Readonly<Record<string, unknown>>;
type Run = (input: Input) => unknown;

/** The functions of an account, and what requests make of them. */
export class FakeFunctions {
  readonly #functions = new Map<string, FakeFunction>();
  /** ARNs with versions. */
  readonly layers = new Set<string>();
  /** How many functions a page of a list has. */
  pageSize = 50;

  add(name: string, given: Given = {}): void {
    const { region = REGION } = given;
    this.#functions.set(name, {
      name,
      region,
      arn: `arn:aws:lambda:${region}:${ACCOUNT}:function:${name}`,
      latest: {
        given,
        layers: given.layers ?? [],
        variables: given.variables ?? {},
        codeSha256: given.codeSha256 ?? "code-1",
        version: "$LATEST",
        revisionId: randomUUID(),
        updatingUntilMs: 0,
        updateStatus: "Successful",
      },
      versions: [],
      aliases: new Map(),
    });
    for (const layer of given.layers ?? []) this.layers.add(layer);
  }

  /** What `$LATEST` has now. */
  settings(name: string): {
    layers: readonly string[];
    variables: Readonly<Record<string, string>>;
  } {
    const { layers, variables } = this.#find(name).latest;
    return { layers, variables };
  }

  /** Somebody else changes a function. */
  change(
    name: string,
    {
      layers,
      variables,
      codeSha256,
    }: Partial<Pick<Configuration, "layers" | "variables" | "codeSha256">>,
  ): void {
    const { latest } = this.#find(name);
    latest.layers = layers ?? latest.layers;
    latest.variables = variables ?? latest.variables;
    latest.codeSha256 = codeSha256 ?? latest.codeSha256;
    latest.revisionId = randomUUID();
  }

  /** Somebody else's update is under way. */
  occupy(name: string, forMs: number): void {
    const { latest } = this.#find(name);
    latest.updateStatus = "InProgress";
    latest.updatingUntilMs = performance.now() + forMs;
  }

  publish(name: string): string {
    const { latest, versions } = this.#find(name);
    const newest = versions.at(-1);
    const isSame =
      newest !== undefined &&
      JSON.stringify([newest.layers, newest.variables, newest.codeSha256]) ===
        JSON.stringify([latest.layers, latest.variables, latest.codeSha256]);
    if (isSame) return newest.version;
    const version = String(versions.length + 1);
    versions.push({ ...latest, version, revisionId: randomUUID() });
    return version;
  }

  alias(name: string, alias: string, version: string, weights: Alias["weights"] = {}): void {
    this.#find(name).aliases.set(alias, { version, revisionId: randomUUID(), weights });
  }

  /** Where an alias points to. */
  pointsTo(name: string, alias: string): Alias {
    return this.#find(name).aliases.get(alias)!;
  }

  /** @returns the action, as IAM names it, and what it does */
  route(method: string, url: URL, region: string): [string, Run] {
    const [, version, kind, ...rest] = url.pathname.split("/").map(decodeURIComponent);
    const query = url.searchParams;
    const [first = "", resource = "", last = ""] = rest;
    const found = (): FakeFunction => this.#find(first, region);
    if (version === "2015-03-31" && kind === "functions") {
      if (first === "") return ["ListFunctions", () => this.#list(query, region)];
      if (resource === "configuration") {
        return method === "PUT"
          ? ["UpdateFunctionConfiguration", (input) => this.#update(found(), input)]
          : ["GetFunctionConfiguration", () => this.#get(found(), query.get("Qualifier"))];
      }
      if (resource === "versions") {
        return ["PublishVersion", (input) => this.#publish(found(), input)];
      }
      if (resource === "aliases" && last === "") {
        return [
          "ListAliases",
          () => ({ Aliases: Array.from(found().aliases.keys(), (name) => aliasOf(found(), name)) }),
        ];
      }
      if (resource === "aliases") {
        return method === "PUT"
          ? ["UpdateAlias", (input) => updateAlias(found(), last, input)]
          : ["GetAlias", () => aliasOf(found(), last)];
      }
    }
    if (version === "2018-10-31" && kind === "layers") {
      return ["ListLayerVersions", () => this.#layerVersions(first)];
    }
    if (version === "2017-03-31" && kind === "tags") {
      return ["ListTags", () => ({ Tags: found().latest.given.tags ?? {} })];
    }
    return ["Unknown", () => fail(404, "UnknownOperationException", `${method} ${url.pathname}`)];
  }

  #find(nameOrArn: string, region?: string): FakeFunction {
    const name = nameOrArn.split(":").at(-1) ?? "";
    const found = this.#functions.get(name);
    if (found === undefined || (region !== undefined && found.region !== region)) {
      return fail(404, "ResourceNotFoundException", `Function not found: ${nameOrArn}`);
    }
    const { latest } = found;
    if (latest.updateStatus === "InProgress" && performance.now() >= latest.updatingUntilMs) {
      latest.updateStatus = latest.given.updateFails === undefined ? "Successful" : "Failed";
      latest.revisionId = randomUUID();
    }
    return found;
  }

  #get(found: FakeFunction, qualifier: string | null): unknown {
    const version =
      qualifier === null || qualifier === "$LATEST"
        ? found.latest
        : found.versions.find(
            (each) => each.version === (found.aliases.get(qualifier)?.version ?? qualifier),
          );
    if (version === undefined) {
      return fail(
        404,
        "ResourceNotFoundException",
        `Function not found: ${found.arn}:${qualifier}`,
      );
    }
    const { given, updateStatus } = version;
    return {
      ...configurationOf(found, version),
      State: "Active",
      LastUpdateStatus: updateStatus,
      ...(updateStatus === "Failed" && { LastUpdateStatusReason: given.updateFails }),
    };
  }

  /** Without the states of functions and of their updates, as in AWS's lists. */
  #list(query: URLSearchParams, region: string): unknown {
    const all = Array.from(this.#functions.values()).filter((each) => each.region === region);
    const start = Number(query.get("Marker") ?? "0");
    const end = start + this.pageSize;
    return {
      Functions: all.slice(start, end).map((each) => configurationOf(each, each.latest)),
      ...(end < all.length && { NextMarker: String(end) }),
    };
  }

  #update(found: FakeFunction, input: Input): unknown {
    const { latest } = found;
    demandIdle(found);
    demandRevision(latest.revisionId, input);
    const {
      Layers: layers,
      Environment: environment,
      RevisionId: _,
      ...others
    } = input as {
      Layers?: string[];
      Environment?: { Variables?: Record<string, string> };
      RevisionId?: string;
    };
    if (Object.keys(others).length > 0) {
      fail(400, "InvalidParameterValueException", `not in this fake: ${Object.keys(others)}`);
    }
    if (layers !== undefined)
      checkLayers(layers, this.layers, found.region, latest.given.packageType ?? "Zip");
    if (environment !== undefined) checkVariables(environment.Variables ?? {});
    latest.layers = layers ?? latest.layers;
    latest.variables = environment === undefined ? latest.variables : (environment.Variables ?? {});
    latest.revisionId = randomUUID();
    latest.updateStatus = "InProgress";
    latest.updatingUntilMs = performance.now() + (latest.given.updateMs ?? 20);
    return this.#get(found, null);
  }

  #publish(found: FakeFunction, input: Input): unknown {
    demandIdle(found);
    demandRevision(found.latest.revisionId, input);
    return this.#get(found, this.publish(found.name));
  }

  /** The newest first, as AWS lists them. */
  #layerVersions(arn: string): unknown {
    const versions = Array.from(this.layers)
      .filter((each) => each.startsWith(`${arn}:`))
      .map((each) => ({ LayerVersionArn: each, Version: Number(each.split(":").at(-1)) }));
    return { LayerVersions: versions.sort((a, b) => b.Version - a.Version) };
  }
}

function configurationOf({ name, arn }: FakeFunction, version: Configuration): object {
  const { given, layers, variables } = version;
  const qualifier = version.version === "$LATEST" ? "" : `:${version.version}`;
  const { packageType = "Zip", handler = "index.handler", runtime = "nodejs24.x" } = given;
  return {
    FunctionName: name,
    FunctionArn: `${arn}${qualifier}`,
    Version: version.version,
    PackageType: packageType,
    ...(packageType === "Zip" && { Runtime: runtime, Handler: handler }),
    Role: `arn:aws:iam::${ACCOUNT}:role/shop`,
    CodeSha256: version.codeSha256,
    MemorySize: given.memorySize ?? 128,
    Timeout: given.timeout ?? 3,
    Description: given.description ?? "",
    Architectures: ["arm64"],
    RevisionId: version.revisionId,
    ...(layers.length > 0 && { Layers: layers.map((Arn) => ({ Arn, CodeSize: 1 })) }),
    ...environmentOf(given, variables),
    ...given.more,
  };
}

/** A function without variables has no field for them. */
function environmentOf(given: Given, variables: Readonly<Record<string, string>>): object {
  if (given.isEncrypted) {
    const Message =
      "Lambda was unable to decrypt the environment variables because KMS access was denied.";
    return { Environment: { Error: { ErrorCode: "AccessDeniedException", Message } } };
  }
  return Object.keys(variables).length > 0 ? { Environment: { Variables: variables } } : {};
}

function aliasOf(found: FakeFunction, name: string): unknown {
  const alias = found.aliases.get(name);
  if (alias === undefined) {
    return fail(404, "ResourceNotFoundException", `Cannot find alias arn: ${found.arn}:${name}`);
  }
  return {
    AliasArn: `${found.arn}:${name}`,
    Name: name,
    FunctionVersion: alias.version,
    RevisionId: alias.revisionId,
    ...(Object.keys(alias.weights).length > 0 && {
      RoutingConfig: { AdditionalVersionWeights: alias.weights },
    }),
  };
}

function updateAlias(found: FakeFunction, name: string, input: Input): unknown {
  aliasOf(found, name);
  const alias = found.aliases.get(name)!;
  demandRevision(alias.revisionId, input);
  alias.version = String(input["FunctionVersion"]);
  alias.revisionId = randomUUID();
  return aliasOf(found, name);
}

function demandIdle({ arn, latest }: FakeFunction): void {
  if (latest.updateStatus !== "InProgress") return;
  fail(
    409,
    "ResourceConflictException",
    `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
  );
}

function demandRevision(current: string, { RevisionId: given }: Input): void {
  if (given === undefined || given === current) return;
  fail(
    412,
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
  );
}

function fail(status: number, type: string, message: string): never {
  throw new ApiError(status, type, message);
}

/** The ARN of a version of a layer. */
export function layerArn(name: string, version: number, region = REGION): string {
  return `arn:aws:lambda:${region}:${ACCOUNT}:layer:${name}:${version}`;
}
