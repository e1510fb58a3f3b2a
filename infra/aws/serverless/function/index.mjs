// It knows nothing of prefreeze: the layer wraps it.
export const handler = async (event) => ({ ok: true, plan: event.plan ?? "free" });
