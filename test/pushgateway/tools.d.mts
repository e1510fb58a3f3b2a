export type Tool =
  | "pushgateway"
  | "prometheus"
  | "promtool"
  | "victoria-metrics"
  | "docker-compose";

export interface Source {
  readonly variable: string;
  readonly names: readonly string[];
  /** The packages that may have it: the first that a release has is fetched. */
  readonly debianPackages: readonly string[];
  readonly wanted: string;
}

export const tools: Readonly<Record<Tool, Source>>;
