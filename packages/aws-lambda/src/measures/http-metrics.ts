import { bounded, DURATION_BUCKETS } from "@prefreeze/core/adapter";
import type { BeginMeasure } from "./measure.js";
import { ownHistogram } from "./own-histogram.js";
import { statusOf } from "../event/result-status.js";

/** In seconds, from 0.005 to 10: the convention advises the same buckets for requests as for functions. */
const BUCKETS = DURATION_BUCKETS.slice(0, 14);
/** The methods of RFC 9110 and RFC 5789. The convention calls all others `_OTHER`. */
const METHOD = /^(CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE)$/;
const OTHER = "_OTHER";
const MAX_ROUTES = 100;
const MAX_STATUSES = 20;
const MAX_COMBINATIONS = 500;

/**
 * Measures HTTP requests by method, status and route: `http_server_request_duration_seconds`, in seconds.
 * List it in the `measures` option.
 *
 * The route is the template that API Gateway matched, never a path; load balancers and function URLs have
 * none. Each combination has 17 series, with at most 100 routes and 20 statuses. A result without a status,
 * and a function that fails, get the status that API Gateway makes of them.
 *
 * @throws TypeError if the function has a metric of that name with another shape
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
 */
export function httpMetrics(): BeginMeasure {
  const observe = ownHistogram(
    "http_server_request_duration_seconds",
    "Time of HTTP requests.",
    ["http_request_method", "http_response_status_code", "http_route"],
    BUCKETS,
  );
  const boundedRoute = bounded(MAX_ROUTES);
  const boundedStatus = bounded(MAX_STATUSES);
  const boundedCombination = bounded(MAX_COMBINATIONS);

  return (event, { request }) => {
    if (!request) return undefined;
    // Read before the handler runs: handlers and their middleware change the event.
    const { method, route, missingStatus } = describe(event as RequestShape);
    // A route counts once per method, so that the product of both is bounded.
    const known = boundedRoute(`${method} ${route}`) !== OTHER;
    return (invocation, result) => {
      const status =
        statusOf(result) ??
        // API Gateway, function URLs and load balancers answer 502 if a function failed.
        // Source: https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
        (invocation.outcome === "failed" ? 502 : missingStatus);
      const chosen = [method, boundedStatus(`${status}`), known ? route : OTHER] as const;
      // Each has 17 series, so the product of all is bounded once more.
      const bare = boundedCombination(chosen.join(" ")) === OTHER;
      const [of, answered, at] = bare ? ([OTHER, OTHER, OTHER] as const) : chosen;
      const labels = {
        http_request_method: of,
        http_response_status_code: answered,
        http_route: at,
      };
      observe(invocation, labels, invocation.durationMs / 1_000);
    };
  };
}

/** The few properties of a request that are read. */
interface RequestShape {
  readonly requestContext?: { readonly http?: { readonly method?: unknown } };
  readonly httpMethod?: unknown;
  readonly method?: unknown;
  readonly routeKey?: unknown;
  readonly resource?: unknown;
}

function describe(event: RequestShape) {
  try {
    const http = event.requestContext?.http;
    const method = String(http ? http.method : (event.httpMethod ?? event.method));
    // `POST /orders/{id}` of an HTTP API, `/orders/{id}` of a REST API; `$default` is no template.
    const [, route = ""] =
      /(?:^| )(\/\S{0,255})$/.exec(String(http ? event.routeKey : event.resource)) ?? [];
    return {
      method: METHOD.test(method) ? method : OTHER,
      route,
      // A result without a status is a body to HTTP APIs and function URLs, and malformed to all others.
      missingStatus: http ? 200 : 502,
    };
  } catch {
    // A getter threw.
    return { method: OTHER, route: "", missingStatus: 502 };
  }
}
