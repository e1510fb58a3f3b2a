import {
  bounded,
  builtIn,
  DURATION_BUCKETS,
  expectChange,
  initSeries,
  observeIn,
  type Series,
  seriesOf,
  shared,
  touchTotal,
} from "@prefreeze/core/adapter";

/** In seconds, from 0.005 to 10, as OpenTelemetry's convention has them. */
const BUCKETS = DURATION_BUCKETS.slice(0, 14);
/** The methods of RFC 9110 and RFC 5789. The convention calls all others `_OTHER`. */
const METHOD = /^(CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE)$/;
const OTHER = "_OTHER";
const MAX_ROUTES = 100;
const MAX_STATUSES = 20;
const MAX_COMBINATIONS = 500;
/** The longest route, in characters. */
const MAX_ROUTE_LENGTH = 255;

/** Of all copies of this package in the thread. */
const requests = shared("requests", { active: 0 });

/** The metrics of the requests that a server answers. */
export interface RequestMetrics {
  /** A request begins, or ends with -1. */
  active(change: 1 | -1): void;
  /**
   * Observes a request that has ended.
   *
   * @param method as the client sent it
   * @param status empty if the client had gone before there was one
   * @param route the template; empty if there is none
   */
  ended(method: string, status: number | "", route: string, seconds: number): void;
}

/**
 * Defines `http_server_request_duration_seconds` and `http_server_active_requests`.
 *
 * Each combination of method, status and route has 17 series, with at most 100 routes, 20 statuses and 500
 * combinations: the others are `_OTHER`.
 *
 * @throws TypeError if the user has defined a metric of one of these names with another shape
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-server
 */
export function defineRequestMetrics(): RequestMetrics {
  const durations = builtIn(
    "histogram",
    "http_server_request_duration_seconds",
    "Time of HTTP requests.",
    ["http_request_method", "http_response_status_code", "http_route"],
    BUCKETS,
  );
  const activeRequests = initSeries(
    builtIn(
      "gauge",
      "http_server_active_requests",
      "HTTP requests that are being answered.",
      [],
      undefined,
      "sum",
    ),
  );
  const boundedRoute = bounded(MAX_ROUTES);
  const boundedStatus = bounded(MAX_STATUSES);
  const boundedCombination = bounded(MAX_COMBINATIONS);

  function find(method: string, status: number | "", route: string): Series {
    const of = METHOD.test(method) ? method : OTHER;
    const at = boundedRoute(route.length > MAX_ROUTE_LENGTH ? OTHER : route);
    const answered = boundedStatus(`${status}`);
    const bare = boundedCombination(`${of} ${answered} ${at}`) === OTHER;
    return seriesOf(durations, {
      http_request_method: bare ? OTHER : of,
      http_response_status_code: bare ? OTHER : answered,
      http_route: bare ? OTHER : at,
    })!;
  }

  /** By route, then by method, then by status: a lookup makes no text. */
  const known = new Map<string, Map<string, Map<number | "", Series>>>();

  function lookUp(method: string, status: number | "", route: string): Series {
    const found = known.get(route)?.get(method)?.get(status);
    if (found) return found;
    const series = find(method, status, route);
    // What a client makes up must not stay in memory.
    if (series.labelValues.includes(OTHER)) return series;
    const ofRoute = known.get(route) ?? new Map<string, Map<number | "", Series>>();
    const ofMethod = ofRoute.get(method) ?? new Map<number | "", Series>();
    known.set(route, ofRoute.set(method, ofMethod.set(status, series)));
    return series;
  }

  return {
    active(change) {
      const cell = touchTotal(activeRequests);
      cell.value = requests.active += change;
      cell.absolute = true;
      expectChange();
    },
    ended(method, status, route, seconds) {
      observeIn(touchTotal(lookUp(method, status, route)), BUCKETS, seconds);
      expectChange();
    },
  };
}
