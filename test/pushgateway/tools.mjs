// The programs that tests start: where to look for each, and what to say if it is missing.

/**
 * @typedef {"pushgateway" | "prometheus" | "promtool" | "victoria-metrics" | "docker-compose"} Tool
 * @typedef {{ variable: string, names: readonly string[], debianPackages: readonly string[], wanted: string }} Source
 */

/** @type {Readonly<Record<Tool, Source>>} */
export const tools = {
  pushgateway: {
    variable: "PUSHGATEWAY_BIN",
    names: ["pushgateway", "prometheus-pushgateway"],
    debianPackages: ["prometheus-pushgateway"],
    wanted: "Prometheus Pushgateway 1.5 or newer",
  },
  prometheus: {
    variable: "PROMETHEUS_BIN",
    names: ["prometheus"],
    debianPackages: ["prometheus"],
    wanted: "Prometheus 2.42 or newer",
  },
  promtool: {
    variable: "PROMTOOL_BIN",
    names: ["promtool"],
    // Until Debian 12, the program is in the package of Prometheus itself.
    debianPackages: ["promtool", "prometheus"],
    wanted: "promtool of Prometheus 2.42 or newer",
  },
  "victoria-metrics": {
    variable: "VICTORIA_METRICS_BIN",
    names: ["victoria-metrics"],
    debianPackages: ["victoria-metrics"],
    wanted: "VictoriaMetrics 1.112 or newer",
  },
  "docker-compose": {
    variable: "DOCKER_COMPOSE_BIN",
    names: ["docker-compose"],
    debianPackages: ["docker-compose"],
    wanted: "Docker Compose 2.26 or newer",
  },
};
