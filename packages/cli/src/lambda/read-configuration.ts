import type { FunctionConfiguration as AwsConfiguration } from "@aws-sdk/client-lambda";
import type { FunctionConfiguration } from "./function-configuration.js";

/** Reads what Lambda answers. */
export function toConfiguration(answer: AwsConfiguration): FunctionConfiguration {
  const arn = (answer.FunctionArn ?? "").split(":").slice(0, 7).join(":");
  const error = answer.Environment?.Error;
  return {
    name: answer.FunctionName ?? "",
    arn,
    region: arn.split(":")[3] ?? "",
    version: answer.Version ?? "$LATEST",
    runtime: answer.Runtime,
    handler: answer.Handler,
    packageType: answer.PackageType ?? "Zip",
    settings: {
      layers: (answer.Layers ?? []).flatMap(({ Arn }) => Arn ?? []),
      variables: new Map(Object.entries(answer.Environment?.Variables ?? {})),
    },
    variablesError: error && `${error.ErrorCode ?? "error"}: ${error.Message ?? "no reason given"}`,
    hasSnapStart: answer.SnapStart?.ApplyOn === "PublishedVersions",
    isManagedInstances: answer.CapacityProviderConfig !== undefined,
    isReplica: answer.MasterArn !== undefined,
    state: answer.State,
    updateStatus: answer.LastUpdateStatus,
    updateReason: answer.LastUpdateStatusReason,
    revisionId: answer.RevisionId,
    others: new Map(
      Object.entries({
        code: answer.CodeSha256,
        runtime: answer.Runtime,
        handler: answer.Handler,
        role: answer.Role,
        memory: answer.MemorySize,
        timeout: answer.Timeout,
        architecture: answer.Architectures,
        "VPC configuration": [answer.VpcConfig?.SubnetIds, answer.VpcConfig?.SecurityGroupIds],
        "ephemeral storage": answer.EphemeralStorage,
        "file systems": answer.FileSystemConfigs ?? [],
      }).map(([name, value]) => [name, JSON.stringify([value])]),
    ),
  };
}
