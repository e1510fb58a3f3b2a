/** The parts of OpenTelemetry's global API that its own `suppressTracing` uses. */
interface Context {
  setValue(key: symbol, value: unknown): Context;
}
interface ContextManager {
  active(): Context;
  with<T>(context: Context, run: () => T): T;
}

const api = Symbol.for("opentelemetry.js.api.1");
const suppressed = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

const others = globalThis as { readonly [api]?: { readonly context?: ContextManager } };

/**
 * Runs `send` so that its requests are no spans of OpenTelemetry, or of tools that build on it such as
 * Sentry, if they are in the same process.
 *
 * Source: `suppressTracing` of @opentelemetry/core 2, and the global of @opentelemetry/api 1
 */
export function untraced<T>(send: () => T): T {
  const context = others[api]?.context;
  return context ? context.with(context.active().setValue(suppressed, true), send) : send();
}
