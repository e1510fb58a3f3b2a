// Stands in for a payment provider, which takes a moment and may decline.

/** @throws CardDeclined */
export async function chargeCard(card: string | undefined | null): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (card === "declined") throw new CardDeclined("The card was declined.");
}

class CardDeclined extends Error {
  override readonly name = "CardDeclined";
}
