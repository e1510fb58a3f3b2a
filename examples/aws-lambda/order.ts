export interface Order {
  readonly plan: "free" | "pro";
  readonly card?: string;
}

/** An order as it was sent; undefined where it is none. */
export function readOrder(text: string | undefined): Order | undefined {
  try {
    const { plan, card } = JSON.parse(text ?? "") as Partial<Record<keyof Order, unknown>>;
    // A label takes only what is known: a caller's own words would be a series each.
    return { plan: plan === "pro" ? "pro" : "free", ...(typeof card === "string" && { card }) };
  } catch {
    return undefined;
  }
}
