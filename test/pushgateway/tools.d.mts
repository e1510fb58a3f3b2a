export type Tool = "pushgateway" | "prometheus" | "promtool" | "victoria-metrics";

export interface Source {
  readonly variable: string;
  readonly names: readonly string[];
  readonly debianPackage: string;
  readonly wanted: string;
}

export const tools: Readonly<Record<Tool, Source>>;
