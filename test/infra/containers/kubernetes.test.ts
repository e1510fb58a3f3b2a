import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { compileManifests, modelOf } from "./compile-manifests.js";
import {
  kubernetesManifests,
  type Labels,
  type Manifest,
  type Workload,
  workload,
} from "./kubernetes-manifests.js";

const manifests = await kubernetesManifests();
const title = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
const ofKind = <T>(kind: string) =>
  manifests.filter((each) => each.kind === kind) as unknown as readonly (Manifest & T)[];

test("there is one of each that is needed", () => {
  expect(manifests.map(title).toSorted()).toEqual([
    "Deployment pushgateway",
    "Namespace prefreeze",
    "NetworkPolicy aggregator",
    "NetworkPolicy deny-all",
    "NetworkPolicy pushgateway",
    "Service aggregator",
    "Service pushgateway",
    "ServiceMonitor aggregator",
    "ServiceMonitor pushgateway",
    "StatefulSet aggregator",
  ]);
});

describe("Kubernetes' schema", () => {
  const validate = async (manifest: Manifest) => {
    const Kind = await modelOf(manifest);
    new Kind(manifest).validate();
  };

  test.each(manifests.map((each) => [title(each), each] as const))("takes %s", async (_, each) => {
    await expect(validate(each)).resolves.toBeUndefined();
  });

  test("refuses a value of another type, and a field that is missing", async () => {
    const aggregator = await workload("aggregator");
    const wrong = { ...aggregator, spec: { ...aggregator.spec, replicas: "one" } };
    await expect(validate(wrong)).rejects.toThrow(/replicas/);
    const { selector: _, ...without } = aggregator.spec;
    await expect(validate({ ...aggregator, spec: without })).rejects.toThrow(/selector/);
  });

  test("has every field of the manifests, and no field that is misspelled", async () => {
    expect(await compileManifests(manifests)).toBe("");
    const aggregator = await workload("aggregator");
    const misspelled = { ...aggregator, spec: { ...aggregator.spec, replicaz: 1 } };
    expect(await compileManifests([misspelled])).toContain("replicaz");
  });
});

test("everything is in the namespace, whose pods are held to the restricted standard", () => {
  const [namespace] = ofKind("Namespace");
  expect(namespace!.metadata.labels).toMatchObject({
    "pod-security.kubernetes.io/enforce": "restricted",
  });
  for (const { kind, metadata } of manifests)
    if (kind !== "Namespace") expect(metadata.namespace).toBe(namespace!.metadata.name);
});

describe.each(["aggregator", "pushgateway"])("the workload %s", (name) => {
  let found: Workload;
  beforeAll(async () => {
    found = await workload(name);
  });
  const pod = () => found.spec.template.spec;
  const container = () => pod().containers[0]!;

  test("is one pod, which its selector, its Service and its ServiceMonitor find", () => {
    expect(found.spec.replicas).toBe(1);
    const { labels } = found.spec.template.metadata;
    expect(labels).toMatchObject(found.spec.selector.matchLabels);
    const service = ofKind<{ spec: { selector: Labels; ports: { targetPort: string }[] } }>(
      "Service",
    ).find(({ metadata }) => metadata.name === name);
    expect(labels).toMatchObject(service!.spec.selector);
    expect(container().ports.map((port) => port.name)).toEqual(
      service!.spec.ports.map(({ targetPort }) => targetPort),
    );
    const monitor = ofKind<{ spec: { selector: { matchLabels: Labels } } }>("ServiceMonitor").find(
      ({ metadata }) => metadata.name === name,
    );
    expect(service!.metadata.labels).toMatchObject(monitor!.spec.selector.matchLabels);
  });

  test("listens on the port that it names", () => {
    const [port] = container().ports;
    const listen = container().args.find((flag) => /^--(web\.)?listen/.test(flag));
    expect(listen).toMatch(new RegExp(`:${port!.containerPort}$`));
  });

  test("asks for what the restricted standard wants, and writes to its volume alone", () => {
    expect(pod()).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(container().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("has probes, requests, and a limit of memory", () => {
    const { startupProbe, readinessProbe, livenessProbe, ports, resources } = container();
    for (const probe of [startupProbe, readinessProbe])
      expect(probe.httpGet).toEqual({ path: "/-/ready", port: ports[0]!.name });
    expect(livenessProbe.httpGet).toEqual({ path: "/-/healthy", port: ports[0]!.name });
    expect(Object.keys(resources.requests)).toEqual(["cpu", "memory"]);
    expect(Object.keys(resources.limits)).toEqual(["memory"]);
  });

  test("has an image of an exact version", () => {
    expect(container().image).toMatch(/:v?\d+\.\d+\.\d+$/);
  });
});

test("the aggregator's state is on a volume that one pod alone may have, and outlives it", async () => {
  const { spec } = (await workload("aggregator")) as Workload & {
    spec: {
      persistentVolumeClaimRetentionPolicy: object;
      volumeClaimTemplates: { metadata: { name: string }; spec: { accessModes: string[] } }[];
    };
  };
  const [claim] = spec.volumeClaimTemplates;
  expect(claim!.spec.accessModes).toEqual(["ReadWriteOncePod"]);
  expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({
    whenDeleted: "Retain",
    whenScaled: "Retain",
  });
  const { args, volumeMounts } = spec.template.spec.containers[0]!;
  const { mountPath } = volumeMounts!.find(({ name }) => name === claim!.metadata.name)!;
  expect(args.find((flag) => flag.startsWith("--state="))).toMatch(
    new RegExp(`^--state=${mountPath}/`),
  );
});

test("the token comes from a secret, which only the guide makes", async () => {
  const { spec } = await workload("aggregator");
  const { containers, volumes } = spec.template.spec;
  const { args, volumeMounts } = containers[0]!;
  const { name, secret } = volumes![0]!;
  const { mountPath } = volumeMounts!.find((mount) => mount.name === name)!;
  expect(args).toContain(`--bearer-token-file=${mountPath}/${secret.items[0]!.path}`);
  const guide = await readFile(
    new URL("../../../infra/kubernetes/README.md", import.meta.url),
    "utf8",
  );
  expect(guide).toContain(`create secret generic ${secret.secretName}`);
  expect(guide).toContain(`--from-file=${secret.items[0]!.path}=`);
  expect(ofKind("Secret")).toEqual([]);
});

test("only the aggregator and Prometheus reach the gateway, and nothing leaves but to it and to DNS", () => {
  interface Policy {
    readonly spec: {
      readonly podSelector: { readonly matchLabels?: Labels };
      readonly policyTypes: readonly string[];
      readonly ingress?: readonly { readonly from: readonly object[] }[];
      readonly egress?: readonly { readonly to: readonly object[] }[];
    };
  }
  const policies = ofKind<Policy>("NetworkPolicy");
  const named = (name: string) => policies.find(({ metadata }) => metadata.name === name)!.spec;
  const pods = (name: string) => ({
    podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
  });
  const monitoring = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } },
  };
  expect(named("deny-all")).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  expect(named("pushgateway")).toMatchObject({
    ...pods("pushgateway"),
    ingress: [{ from: [pods("aggregator"), monitoring] }],
  });
  expect(named("pushgateway").egress).toBeUndefined();
  expect(named("aggregator").egress!.map(({ to }) => to[0])).toEqual([
    pods("pushgateway"),
    expect.objectContaining({ podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }),
  ]);
});
