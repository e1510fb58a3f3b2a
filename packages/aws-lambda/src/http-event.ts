/** Whether an event comes from API Gateway (REST or HTTP), a function URL or a load balancer. */
export function isHttpEvent(event: unknown): boolean {
  try {
    const { httpMethod, requestContext } = event as {
      readonly httpMethod?: unknown;
      readonly requestContext?: { readonly http?: unknown };
    };
    return (
      typeof requestContext === "object" &&
      (httpMethod !== undefined || requestContext.http !== undefined)
    );
  } catch {
    // Null, or an event with getters that throw.
    return false;
  }
}
