// A function without prefreeze.
export const handler = async (event) => {
  if (event.throws) throw new RangeError("no");
  return { ok: true };
};
