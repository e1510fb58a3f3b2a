export interface Order {
  readonly plan: "free" | "pro";
  readonly card?: string;
}

/** Reads an order. @returns undefined if the body is not an order */
export function readOrder(text: string | undefined): Order | undefined {
  try {
    const { plan, card } = JSON.parse(text ?? "") as Partial<Record<keyof Order, unknown>>;
    // Only known plans become label values, since each other value that a caller sends would create a series.
    return { plan: plan === "pro" ? "pro" : "free", ...(typeof card === "string" && { card }) };
  } catch {
    return undefined;
  }
}
